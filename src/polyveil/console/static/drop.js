// Drop-in: files go up one by one, then down the road; before and after are shown side by side.
const ready = setInterval(() => {
  const root = document.getElementById("pv-drop");
  if (root) { clearInterval(ready); begin(root); }
}, 50);

function begin(root) {
  const csrf = document.querySelector('meta[name="csrf"]').content;
  const words = JSON.parse(root.dataset.words);
  const named = (name) => root.querySelector(`[data-name="${name}"]`);
  let files = [], drop = null;

  const call = async (method, path, body, raw) => {
    const answer = await fetch(`/api/${path}`, {
      method, headers: { "x-polyveil-csrf": csrf, ...(raw ? {} : { "content-type": "application/json" }) },
      body: raw ? body : body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail || answer.statusText);
    return answer.json();
  };
  const make = (tag, text, cls) => Object.assign(document.createElement(tag), { textContent: text ?? "", className: cls ?? "" });

  const take = (more) => {
    files = [...files, ...more];
    named("send").disabled = named("clear").disabled = !files.length;
    named("list").replaceChildren(...files.map(({ path, file }) => make("p", `${path} · ${file.size.toLocaleString()} B`, "pv-quiet")));
  };
  const fromInput = (event) => take([...event.target.files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
  named("files").addEventListener("change", fromInput);
  named("folder").addEventListener("change", fromInput);

  const walk = async (entry) => {
    if (entry.isFile) return [{ path: entry.fullPath.slice(1), file: await new Promise((ok, no) => entry.file(ok, no)) }];
    const reader = entry.createReader(), found = [];
    for (;;) {
      const some = await new Promise((ok, no) => reader.readEntries(ok, no));
      if (!some.length) return found;
      for (const one of some) found.push(...await walk(one));
    }
  };
  const zone = named("zone");
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("pv-over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("pv-over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("pv-over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const found = entries.length ? (await Promise.all(entries.map(walk))).flat()
      : [...event.dataTransfer.files].map((file) => ({ path: file.name, file }));
    take(found);
  });

  named("clear").addEventListener("click", async () => {
    if (drop) await call("DELETE", `drops/${drop.id}`).catch(() => {});
    drop = null; files = [];
    named("progress").hidden = true;
    named("policy").disabled = false;
    take([]);
  });

  named("send").addEventListener("click", async () => {
    named("send").disabled = named("policy").disabled = true;
    named("progress").hidden = false;
    try {
      drop = await call("POST", "drops", { policy: named("policy").value });
      for (const [number, { path, file }] of files.entries()) {
        show(number, files.length, words.sent);
        await call("PUT", `drops/${drop.id}/files/${path.split("/").map(encodeURIComponent).join("/")}`, file, true);
      }
      drop = await call("POST", `drops/${drop.id}/start`);
      while (drop.state === "running") {
        show(drop.done, drop.total, words.running);
        await new Promise((next) => setTimeout(next, 500));
        drop = await call("GET", `drops/${drop.id}`);
      }
      show(drop.total, drop.total, drop.problem ? `${words.failed}: ${drop.problem}` : words.finished);
      if (!drop.problem) await results();
    } catch (problem) { show(0, 1, `${words.failed}: ${problem.message}`); }
  });

  const show = (done, total, said) => {
    Object.assign(root.querySelector("progress"), { max: Math.max(total, 1), value: done });
    named("state").textContent = `${said} ${done} / ${total}`;
  };

  const results = async () => {
    const list = named("list");
    list.replaceChildren();
    for (const [number, asset] of drop.assets.entries()) {
      let record = null;
      for (let tries = 0; tries < 5 && !record; tries++)
        record = await call("GET", `assets/${asset}`).catch(() => new Promise((next) => setTimeout(() => next(null), 400)));
      list.append(await result(number, asset, record));
    }
  };

  const result = async (number, asset, record) => {
    const box = make("article", "", "pv-result");
    box.dataset.name = "result";
    const outcome = record?.outcome ?? "quarantined";
    const head = make("h3");
    head.append(make("span", record?.name ?? drop.files[number]), " ", make("span", words[outcome], `pv-badge pv-${outcome}`), " ");
    if (record?.code) head.append(make("span", record.code, "pv-chip"));
    box.append(head);
    const pair = make("div", "", "pv-pair"), left = make("div"), right = make("div");
    left.append(make("b", words.before)); right.append(make("b", words.after));
    left.dataset.name = "before"; right.dataset.name = "after";
    pair.append(left, right); box.append(pair);
    left.append(await before(number, record));
    if (outcome === "protected") {
      for (const [index, part] of record.parts.entries()) if (part.object) right.append(await after(asset, index, part));
      const save = make("a", words.download, "pv-button");
      save.href = `/api/assets/${asset}/download`;
      right.append(make("br"), save);
    } else right.append(make("p", record?.code ?? "", "pv-quiet"));
    return box;
  };

  const media = (tag, source) => Object.assign(document.createElement(tag), { src: source, controls: true, className: "pv-picture" });
  const before = async (number, record) => {
    const source = `/api/drops/${drop.id}/before/${number}`;
    const kind = files[number].file.type;
    if (/^image\/(png|jpeg|webp|gif|avif)$/.test(kind)) return media("img", source);
    if (kind.startsWith("video/")) return media("video", source);
    if (kind.startsWith("audio/")) return media("audio", source);
    const textual = record?.parts?.some((part) => part.path === "" && (part.modality === "text" || /text/.test(part.media_type)));
    if (textual || kind.startsWith("text/")) return make("pre", (await files[number].file.slice(0, 20000).text()), "pv-text");
    return make("p", words.no_preview, "pv-quiet");
  };
  const after = async (asset, index, part) => {
    if (part.modality === "image") return media("img", `/api/objects/${part.object}/picture`);
    if (part.modality === "video" || part.modality === "audio") return media(part.modality, `/api/objects/${part.object}/content`);
    if (part.modality === "text") {
      const shown = await call("GET", `assets/${asset}/parts/${index}/text`);
      const pre = make("pre", "", "pv-text");
      let at = 0;
      const points = [...shown.text];
      for (const { start, end, entity } of shown.marks) {
        if (start < at) continue;
        pre.append(points.slice(at, start).join(""));
        const mark = make("mark", points.slice(start, end).join(""));
        mark.title = entity;
        pre.append(mark);
        at = end;
      }
      pre.append(points.slice(at).join(""));
      return pre;
    }
    const shown = await call("GET", `assets/${asset}/parts/${index}/table`).catch(() => null);
    if (!shown) return make("p", words.no_preview, "pv-quiet");
    const table = make("table", "", "pv-table");
    for (const row of [shown.columns, ...shown.rows.slice(0, 30)]) {
      const line = table.insertRow();
      for (const cell of row) line.insertCell().textContent = cell;
    }
    return table;
  };
}
