// Lays the outlines of what was hidden over a picture; regions are in the picture's own pixels.
for (const svg of document.querySelectorAll("svg[data-boxes]")) {
  const stage = svg.parentElement;
  const image = stage.querySelector("img");
  const toggle = stage.parentElement.querySelector(".pv-toggle input");
  const fit = () => svg.setAttribute("viewBox", `0 0 ${image.naturalWidth} ${image.naturalHeight}`);
  if (image.complete) fit();
  image.addEventListener("load", fit);
  const show = () => svg.classList.toggle("pv-on", toggle.checked);
  toggle?.addEventListener("change", show);
  show();
}
