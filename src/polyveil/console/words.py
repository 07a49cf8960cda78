"""The words of the console in English and Chinese."""

from __future__ import annotations

LANGUAGES = {"en": "English", "zh": "中文"}

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Polyveil console", "Polyveil 控制台"),
    # places
    "overview": ("Overview", "概览"),
    "browse": ("Browse", "浏览"),
    "dropin": ("Drop-in", "投放"),
    "review": ("Review", "复核"),
    "analyse": ("Analyse", "分析"),
    "live": ("Live", "实时"),
    "audit": ("Audit", "审计"),
    "account": ("Account", "账户"),
    "Local": ("this machine", "本机"),
    "sign_out": ("Sign out", "退出"),
    "language": ("Language", "语言"),
    "dark": ("Light or dark", "浅色或深色"),
    # login
    "sign_in": ("Sign in", "登录"),
    "name": ("Name", "名称"),
    "password": ("Password", "密码"),
    "key": ("Key from the terminal", "终端中显示的密钥"),
    "wrong": ("That did not work. After five tries wait five minutes.", "登录失败。五次失败后请等待五分钟。"),
    # outcomes, modalities
    "protected": ("protected", "已保护"),
    "skipped": ("skipped", "已跳过"),
    "quarantined": ("quarantined", "已隔离"),
    "text": ("text", "文本"),
    "image": ("image", "图像"),
    "audio": ("audio", "音频"),
    "video": ("video", "视频"),
    "table": ("table", "表格"),
    "originals": ("originals", "原件"),
    "linkage": ("linkage", "关联"),
    "exact-duplicate": ("exact duplicate", "完全重复"),
    "near-duplicate": ("near duplicate", "近似重复"),
    "not-in-scope": ("not in scope", "不在范围内"),
    "companion": ("belongs to another", "附属于另一资产"),
    "asset": ("Asset", "资产"),
    "assets": ("Assets", "资产"),
    "modality": ("Modality", "模态"),
    "outcome": ("Outcome", "结果"),
    "entity": ("Entity type", "实体类型"),
    "code": ("Code", "代码"),
    "meaning": ("Meaning and remedy", "含义与处理办法"),
    "number": ("Number", "数量"),
    "size": ("Size", "大小"),
    "policy": ("Policy", "策略"),
    "run": ("Run", "运行"),
    "all": ("all", "全部"),
    "none": ("Nothing yet.", "暂无内容。"),
    "search": ("Search names", "搜索名称"),
    "loading": ("Reading the vault's records: {done} of {total}", "正在读取保险库记录：{done} / {total}"),
    # overview
    "by_modality": ("Assets by modality", "按模态统计资产"),
    "by_entity": ("Findings by entity type", "按实体类型统计发现"),
    "space": ("Space", "空间"),
    "came": ("came in", "输入"),
    "stored": ("stored", "已存储"),
    "saved": ("saved", "节省"),
    "more_taken": ("more than came", "超出输入"),
    "duplicates": ("dropped as duplicates", "作为重复项丢弃"),
    "ratio": ("Ratio", "压缩比"),
    "quarantine": ("Quarantine", "隔离清单"),
    "runs": ("Runs", "运行记录"),
    "started": ("Started (UTC)", "开始时间（UTC）"),
    "seconds": ("Duration", "用时"),
    "state": ("State", "状态"),
    "finished": ("finished", "已完成"),
    "interrupted": ("interrupted", "已中断"),
    "running": ("running", "运行中"),
    "failed": ("failed", "失败"),
    "waiting": ("waiting", "等待中"),
    "under_way": (
        "{number} assets under way (or left by a run that was stopped)",
        "{number} 个资产正在处理（或由中断的运行遗留）",
    ),
    # browse
    "locked": ("locked", "已锁定"),
    "open": ("open", "已开放"),
    "compartments": ("Compartments", "隔间"),
    "locked_long": (
        "This compartment is locked: the principal '{principal}' holds no grant for it.",
        "该隔间已锁定：主体“{principal}”没有相应授权。",
    ),
    "unlinked": (
        "Without a grant for linkage nobody here can tell which parts belong together: parts are listed singly.",
        "没有关联隔间的授权，无法得知哪些部分属于同一资产：各部分单独列出。",
    ),
    "previous": ("Previous", "上一页"),
    "next": ("Next", "下一页"),
    "page_of": ("Page {page} of {pages}", "第 {page} / {pages} 页"),
    "download": ("Download", "下载"),
    "findings": ("Findings", "发现"),
    "parts": ("Parts", "部分"),
    "part": ("Part", "部分"),
    "details": ("Details", "详情"),
    "show_boxes": ("Show what was hidden", "显示被隐藏的区域"),
    "no_preview": ("There is no preview of this.", "无法预览。"),
    "not_found": ("There is no such asset.", "没有该资产。"),
    "rows": ("rows", "行"),
    "characters": ("characters", "字符"),
    "forbidden": ("Your account may not do this.", "您的账户无权执行此操作。"),
    # drop-in
    "drop_here": ("Drag files or a folder here.", "将文件或文件夹拖到此处。"),
    "choose_files": ("Choose files", "选择文件"),
    "choose_folder": ("Choose a folder", "选择文件夹"),
    "drop_note": (
        "Files stay in a private folder of this machine until you clear them, half an hour at most.",
        "文件保存在本机的私有文件夹中，直到您清除，最长半小时。",
    ),
    "send": ("Protect", "开始保护"),
    "clear": ("Clear", "清除"),
    "sent": ("uploading", "上传中"),
    "before": ("Before", "处理前"),
    "after": ("After", "处理后"),
    "duplicate_of": ("duplicate of", "重复于"),
    # review
    "mark": ("Mark the selected words", "标记所选文字"),
    "delete": ("Delete", "删除"),
    "save": ("Save", "保存"),
    "saved_as": ("Saved: transformed again and sealed.", "已保存：已重新转换并密封。"),
    "whole_note": (
        "The sealed original is at hand: marks can be drawn, moved and deleted.",
        "原件可用：可绘制、移动和删除标记。",
    ),
    "masked_note": (
        "Only the de-identified side is at hand: more can be hidden, nothing can be shown again.",
        "仅有去标识化版本：可以再隐藏，不能恢复显示。",
    ),
    # analyse
    "profile": ("Profile", "概况"),
    "budget": ("Privacy budget", "隐私预算"),
    "budget_left": ("ε {left} of {total} is left", "剩余 ε {left}，总额 {total}"),
    "epsilon": ("ε to spend", "花费的 ε"),
    "contributions": ("Assets of one person, at most", "同一人的资产数上限"),
    "ask_count": ("Private count", "差分隐私计数"),
    "ask_histogram": ("Private histogram", "差分隐私直方图"),
    "grouped": ("Grouped by", "分组依据"),
    "per_findings": ("findings per asset", "每个资产的发现数"),
    "per_cover": ("main modality", "主要模态"),
    "answer": ("Answer", "回答"),
    "margin": ("± {margin} with 95 % probability; cost ε {epsilon}", "95% 概率下误差 ± {margin}；花费 ε {epsilon}"),
    "spent": ("What was spent", "已花费记录"),
    "exact_note": (
        "The profile is exact and for those who hold the vault. Give others the private answers only.",
        "概况为精确值，仅供保险库持有者使用。对外只提供差分隐私回答。",
    ),
    # live
    "since": ("Since (UTC)", "开始时间（UTC）"),
    "kind": ("Kind", "类型"),
    "reconnecting": ("reconnecting", "重新连接中"),
    "stopped": ("stopped", "已停止"),
    "silent": ("no sign of life", "无响应"),
    "masked_stream": ("Masked stream", "遮蔽后的画面"),
    "sources": ("Sources", "实时源"),
    "delay": ("Delay, p95", "延迟（p95）"),
    "counts": ("Counts", "计数"),
    "no_live": (
        "No live source is running. Start one here: polyveil live camera, mqtt or dicom, or protect --watch.",
        "没有正在运行的实时源。请在本机启动：polyveil live camera、mqtt、dicom，或 protect --watch。",
    ),
    # audit
    "event": ("Event", "事件"),
    "time": ("Time (UTC)", "时间（UTC）"),
    "principal": ("Principal", "主体"),
    "verifies": ("The log verifies: {size} events, root {root}", "日志校验通过：{size} 个事件，根 {root}"),
    "verify_failed": ("The log does NOT verify: {problem}", "日志校验未通过：{problem}"),
    "verify_now": ("Verify now", "立即校验"),
}
"""English and Chinese by key."""


def say(language: str, key: str, **values: object) -> str:
    """A phrase in a language; `values` fill its places."""
    phrase = WORDS[key][1 if language == "zh" else 0]
    return phrase.format(**values) if values else phrase


def known(language: str, key: str) -> str:
    """A phrase where there is one, else the key itself: codes and entity types are the same in both languages."""
    return say(language, key) if key in WORDS else key
