// A sealed video and its sound are two objects: the sound follows the picture.
for (const video of document.querySelectorAll("video[data-sound]")) {
  if (!video.dataset.sound || video.dataset.joined) continue;
  video.dataset.joined = "yes";
  const sound = new Audio(video.dataset.sound);
  sound.preload = "metadata";
  const follow = () => {
    if (Math.abs(sound.currentTime - video.currentTime) > 0.12) sound.currentTime = video.currentTime;
  };
  video.addEventListener("play", () => { follow(); sound.play().catch(() => {}); });
  video.addEventListener("pause", () => sound.pause());
  video.addEventListener("seeked", follow);
  video.addEventListener("timeupdate", follow);
  video.addEventListener("ratechange", () => { sound.playbackRate = video.playbackRate; });
  video.addEventListener("volumechange", () => { sound.volume = video.volume; sound.muted = video.muted; });
}
