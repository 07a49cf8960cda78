// Review: boxes are drawn, moved and deleted on the picture; spans are marked by selecting text.
const ready = setInterval(() => {
  const root = document.getElementById("pv-review");
  if (root) { clearInterval(ready); begin(root); }
}, 50);

async function begin(root) {
  const csrf = document.querySelector('meta[name="csrf"]').content;
  const words = JSON.parse(root.dataset.words);
  const named = (name) => root.querySelector(`[data-name="${name}"]`);
  const path = `/api/review/${root.dataset.asset}/${root.dataset.part}`;
  const call = async (method, body) => {
    const answer = await fetch(path, { method, body: body && JSON.stringify(body),
      headers: { "x-polyveil-csrf": csrf, "content-type": "application/json" } });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(told.detail || answer.statusText);
    return told;
  };
  let shown;
  try { shown = await call("GET"); } catch (problem) { named("said").textContent = problem.message; return; }
  named("note").textContent = shown.whole ? words.whole_note : words.masked_note;
  for (const entity of shown.entities) named("entity").append(new Option(entity));
  // every mark: {at: place in the first list or null, entity, location}
  let marks = shown.findings.map((one, at) => ({ at, entity: one.entity, location: one.location, fixed: !shown.whole }));
  let chosen = null;
  const SVG = "http://www.w3.org/2000/svg";
  const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text ?? "" });
  const changed = () => { named("save").disabled = false; draw(); };
  const choose = (mark) => { chosen = mark; named("delete").disabled = !mark || mark.fixed; draw(); };
  named("delete").addEventListener("click", () => { marks = marks.filter((one) => one !== chosen); choose(null); changed(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Delete" && chosen && !chosen.fixed) named("delete").click();
  });
  named("save").addEventListener("click", async () => {
    named("save").disabled = true;
    named("said").textContent = words.running;
    try {
      const kept = marks.filter((one) => one.at !== null).map((one) => one.at);
      const added = marks.filter((one) => one.at === null).map(({ entity, location }) => ({ entity, location }));
      const done = await call("PUT", { kept, added });
      named("said").textContent = words.saved_as;
      root.dataset.saved = done.asset;
      setTimeout(() => location.assign(`/review?id=${done.asset}&part=${root.dataset.part}`), 800);
    } catch (problem) { named("said").textContent = `${words.failed}: ${problem.message}`; named("save").disabled = false; }
  });
  const list = () => named("findings").replaceChildren(...marks.map((mark) => {
    const line = element("li", `${mark.entity} ${JSON.stringify(Object.values(mark.location)[0])}`);
    if (mark === chosen) line.style.fontWeight = "bold";
    line.addEventListener("click", () => choose(mark));
    return line;
  }));
  const draw = shown.modality === "image" ? await pictures() : texts();
  draw();

  async function pictures() {
    const stage = element("div"), image = new Image(), svg = document.createElementNS(SVG, "svg");
    stage.className = "pv-stage pv-review";
    image.className = "pv-picture"; image.draggable = false; image.src = `${path}/picture`;
    svg.setAttribute("class", "pv-boxes");
    stage.append(image, svg); named("before").append(stage);
    const after = new Image();
    after.className = "pv-picture";
    const record = await (await fetch(`/api/assets/${root.dataset.asset}`)).json();
    after.src = `/api/objects/${record.parts[root.dataset.part].object}/picture`;
    named("after").append(after);
    await image.decode();
    const width = image.naturalWidth, height = image.naturalHeight;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const point = (event) => {
      const box = svg.getBoundingClientRect();
      const fit = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
      return [fit((event.clientX - box.left) / box.width * width, width), fit((event.clientY - box.top) / box.height * height, height)];
    };
    let grip = null;
    svg.addEventListener("pointerdown", (event) => {
      const [x, y] = point(event);
      const mark = marks.findLast(({ location: { region: r } }) => r && x >= r[0] && y >= r[1] && x <= r[0] + r[2] && y <= r[1] + r[3]);
      svg.setPointerCapture(event.pointerId);
      if (mark && !mark.fixed) { grip = { mark, x, y, from: [...mark.location.region] }; choose(mark); }
      else { grip = { x, y, fresh: { at: null, entity: named("entity").value, location: { region: [x, y, 0, 0] } } }; }
    });
    svg.addEventListener("pointermove", (event) => {
      if (!grip) return;
      const [x, y] = point(event);
      if (grip.fresh) {
        grip.fresh.location.region = [Math.min(x, grip.x), Math.min(y, grip.y), Math.abs(x - grip.x), Math.abs(y - grip.y)];
        if (!marks.includes(grip.fresh)) marks.push(grip.fresh);
        chosen = grip.fresh;
      } else if (x !== grip.x || y !== grip.y) {
        const [fx, fy, w, h] = grip.from;
        const moved = [Math.max(0, Math.min(width - w, fx + x - grip.x)), Math.max(0, Math.min(height - h, fy + y - grip.y)), w, h];
        Object.assign(grip.mark, { at: null, location: { region: moved } });
        named("save").disabled = false;
      }
      draw();
    });
    svg.addEventListener("pointerup", () => {
      if (grip?.fresh && marks.includes(grip.fresh)) {
        const [, , w, h] = grip.fresh.location.region;
        if (w < 3 || h < 3) { marks = marks.filter((one) => one !== grip.fresh); choose(null); }
        else { choose(grip.fresh); changed(); }
      } else if (grip?.fresh) choose(null);
      grip = null;
    });
    return () => {
      svg.replaceChildren(...marks.filter((mark) => mark.location.region).map((mark) => {
        const rect = document.createElementNS(SVG, "rect");
        ["x", "y", "width", "height"].forEach((name, at) => rect.setAttribute(name, mark.location.region[at]));
        if (mark === chosen) rect.setAttribute("class", "pv-chosen");
        return rect;
      }));
      list();
    };
  }

  function texts() {
    const points = [...shown.text];  // spans count code points
    const pre = element("pre"), after = element("pre", shown.after);
    pre.className = after.className = "pv-text";
    named("before").append(pre); named("after").append(after);
    named("mark").hidden = false;
    const offset = (node, at) => {
      const range = document.createRange();
      range.setStart(pre, 0); range.setEnd(node, at);
      return [...range.toString()].length;
    };
    named("mark").addEventListener("mousedown", (event) => event.preventDefault());  // keeps the selection
    named("mark").addEventListener("click", () => {
      const selection = getSelection();
      if (!selection.rangeCount || selection.isCollapsed || !pre.contains(selection.anchorNode)) return;
      const range = selection.getRangeAt(0);
      const start = offset(range.startContainer, range.startOffset), end = offset(range.endContainer, range.endOffset);
      selection.removeAllRanges();
      const apart = marks.every(({ location: { span: s } }) => !s || s[1] <= start || s[0] >= end);
      if (end <= start || !apart) return;
      marks.push({ at: null, entity: named("entity").value, location: { span: [start, end] } });
      changed();
    });
    return () => {
      const spans = marks.filter((mark) => mark.location.span).sort((a, b) => a.location.span[0] - b.location.span[0]);
      pre.replaceChildren();
      let at = 0;
      for (const mark of spans) {
        const [start, end] = mark.location.span;
        if (start < at) continue;
        pre.append(points.slice(at, start).join(""));
        const shownMark = element("mark", points.slice(start, end).join(""));
        shownMark.title = mark.entity;
        shownMark.dataset.entity = mark.entity;
        if (mark === chosen) shownMark.style.outline = "2px solid";
        shownMark.addEventListener("click", () => choose(mark));
        pre.append(shownMark);
        at = end;
      }
      pre.append(points.slice(at).join(""));
      list();
    };
  }
}
