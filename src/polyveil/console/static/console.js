// Outlines of what was hidden in a picture: regions are in the picture's own pixels.
document.addEventListener("change", (event) => {
  if (!event.target.matches?.(".pv-toggle input")) return;
  const card = event.target.closest(".pv-card");
  const image = card.querySelector(".pv-stage img");
  const svg = card.querySelector("svg[data-boxes]");
  svg.setAttribute("viewBox", `0 0 ${image.naturalWidth} ${image.naturalHeight}`);
  svg.classList.toggle("pv-on", event.target.checked);
});

// A sealed video and its sound are two objects: the sound follows the picture.
const sounds = new WeakMap();
function soundOf(video) {
  if (!sounds.has(video)) sounds.set(video, new Audio(video.dataset.sound));
  return sounds.get(video);
}
for (const kind of ["play", "pause", "seeked", "timeupdate", "ratechange", "volumechange"]) {
  document.addEventListener(kind, (event) => {
    const video = event.target;
    if (!video.matches?.("video[data-sound]") || !video.dataset.sound) return;
    const sound = soundOf(video);
    if (Math.abs(sound.currentTime - video.currentTime) > 0.12) sound.currentTime = video.currentTime;
    sound.playbackRate = video.playbackRate;
    sound.volume = video.volume;
    sound.muted = video.muted;
    if (video.paused) sound.pause();
    else if (sound.paused) sound.play().catch(() => {});
  }, true);
}
