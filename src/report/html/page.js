// Hands: mouse, keys, links, themes.
function fromLink() {
  const m = /^#step=(\d+)(?:\.(\d+))?$/.exec(location.hash);
  if (!m) return -1;
  const step = +m[1], part = +(m[2] || 1);
  let i = S.findIndex((s) => s.step === step && s.part === part);
  if (i < 0) { i = S.findIndex((s) => s.step > step); i = i < 0 ? S.length - 1 : Math.max(0, i - 1); }
  return i;
}
window.addEventListener("hashchange", () => { const i = fromLink(); if (i >= 0) select(i, true); });

let playing = 0;
function play() {
  if (playing) { clearInterval(playing); playing = 0; } else {
    if (current >= S.length - 1) select(0);
    playing = setInterval(() => { if (current >= S.length - 1) play(); else select(current + 1); }, 900);
  }
  $("play").textContent = playing ? "❚❚ stop" : "▶ play";
}
function setAxis() {
  axis = axis === "even" ? "time" : "even";
  $("axis").textContent = axis === "even" ? "axis: steps" : "axis: time";
  fitZoom = zoom = 0; resize(); x0 = 0; select(current, true);
}
function theme(to) {
  document.documentElement.dataset.theme = to;
  redraw();
}
const dark = matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", () => theme(dark.matches ? "dark" : "light"));
const turn = () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");

const keys = {
  j: () => select(current + 1), ArrowRight: () => select(current + 1), ArrowDown: () => select(current + 1),
  k: () => select(current - 1), ArrowLeft: () => select(current - 1), ArrowUp: () => select(current - 1),
  J: () => jump(ofLane, 1), K: () => jump(ofLane, -1),
  Home: () => select(0), End: () => select(S.length - 1), v: violation,
  PageDown: () => select(current + 10), PageUp: () => select(current - 10),
  "/": () => $("search").focus(), n: () => found(1), N: () => found(-1), " ": play,
  "+": () => zoomBy(1.5), "=": () => zoomBy(1.5), "-": () => zoomBy(1 / 1.5), 0: () => { zoom = fitZoom; clamp(); redraw(); },
  t: setAxis, d: turn, "?": () => $("keys").showModal(),
};
window.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || $("keys").open) return;
  const typing = e.target === $("search");
  if (typing) {
    if (e.key === "Enter") { found(e.shiftKey ? -1 : 1); e.preventDefault(); }
    if (e.key === "Escape") $("search").blur();
    return;
  }
  if (e.target === $("scrub") && e.key.startsWith("Arrow")) return;
  if (e.key === " " && e.target.tagName === "BUTTON") return;
  const act = keys[e.key];
  if (act) { act(); e.preventDefault(); }
});
const click = { first: () => select(0), prev: () => select(current - 1), play, next: () => select(current + 1), last: () => select(S.length - 1), wrong: violation, axis: setAxis, in: () => zoomBy(1.5), out: () => zoomBy(1 / 1.5), fit: () => { zoom = fitZoom; clamp(); redraw(); }, theme: turn, help: () => $("keys").showModal() };
for (const [id, act] of Object.entries(click)) $(id).addEventListener("click", act);
$("search").addEventListener("input", search);
$("scrub").addEventListener("input", (e) => select(+e.target.value));
list.addEventListener("click", (e) => { const row = e.target.closest(".step"); if (row) select(+row.dataset.i); });

// The picture: drag to move, Ctrl and the wheel to zoom, click to choose.
let drag = null;
view.addEventListener("pointerdown", (e) => { drag = { x: e.clientX, x0, moved: false }; view.setPointerCapture(e.pointerId); });
view.addEventListener("pointermove", (e) => {
  if (drag) {
    const by = e.clientX - drag.x;
    if (Math.abs(by) > 3) drag.moved = true;
    if (drag.moved) { x0 = drag.x0 - by / zoom; clamp(); redraw(); }
    return;
  }
  tell(e);
});
view.addEventListener("pointerup", (e) => {
  const it = drag; drag = null;
  if (!it || it.moved) return;
  const box = view.getBoundingClientRect(), px = e.clientX - box.left, py = e.clientY - box.top;
  if (px < GUTTER - 7) {
    const lane = L.findIndex((_, i) => py >= laneTop[i] && py < laneTop[i] + laneHeight[i]);
    focusLane = lane === focusLane ? -1 : lane; redraw();
  } else select(stepAt(x0 + (px - GUTTER) / zoom));
});
view.addEventListener("pointerleave", () => { $("tip").style.display = "none"; });
view.addEventListener("wheel", (e) => {
  if (e.ctrlKey) { e.preventDefault(); zoomBy(Math.exp(-e.deltaY * 0.004), e.clientX - view.getBoundingClientRect().left); }
  else if (Math.abs(e.deltaX) > Math.abs(e.deltaY) || e.shiftKey) { e.preventDefault(); x0 += (e.deltaX || e.deltaY) / zoom; clamp(); redraw(); }
}, { passive: false });
function tell(e) {
  const box = view.getBoundingClientRect(), px = e.clientX - box.left, py = e.clientY - box.top, tip = $("tip");
  let said = "", best = 9;
  for (const m of P.arrows) {
    const xa = sx(place(m.sent)), xb = sx(place(m.arrived)), ya = port(m.from, m.to), yb = port(m.to, m.from);
    if (Math.max(xa, xb) < px - 12 || Math.min(xa, xb) > px + 12) continue;
    const k = Math.min(1, Math.max(0, (py - ya) / (yb - ya))), away = Math.hypot(px - (xa + (xb - xa) * k), py - (ya + (yb - ya) * k));
    if (away < best) { best = away; said = `${L[m.from].name} → ${L[m.to].name}: ${m.label}${m.sent[1] < m.arrived[1] ? ` (sent ${time(m.sent[1])}, arrived ${time(m.arrived[1])})` : ""}`; }
  }
  if (!said) for (const b of P.bars) {
    const y = b.kind === "held" ? laneTop[b.lane] + 19 + (b.row || 0) * 18 + 7 : mid(b.lane);
    if (Math.abs(py - y) > 10 || px < sx(place(b.from)) || px > (b.open ? width : sx(place(b.to)))) continue;
    const until = b.until === undefined ? "" : `, until ${time(b.until)}`;
    said = `${b.label || `${L[b.lane].name}: ${{ wants: "wants the lock", inside: "in its critical section", paused: "paused", gone: "crashed or ended", lease: "lease", session: "session", down: "down" }[b.kind]}`}, from ${time(b.from[1])}${b.open ? "" : ` to ${time(b.to[1])}`}${until}`;
  }
  tip.textContent = said; tip.style.display = said ? "block" : "none";
  tip.style.left = `${Math.min(e.clientX + 14, innerWidth - 380)}px`; tip.style.top = `${e.clientY + 16}px`;
}
const toMap = (e) => { x0 = (e.clientX - map.getBoundingClientRect().left) / (width - 2) * units[axis] - (width - GUTTER) / zoom / 2; clamp(); redraw(); };
map.addEventListener("pointerdown", (e) => { map.setPointerCapture(e.pointerId); toMap(e); });
map.addEventListener("pointermove", (e) => { if (e.buttons) toMap(e); });

new ResizeObserver(() => { resize(); redraw(); }).observe(frame);
$("scrub").max = Math.max(0, S.length - 1);
if (!S.some((s) => s.tone === "bad")) $("wrong").hidden = true;
theme(dark.matches ? "dark" : "light");
if (HEIGHT > 330) $("stage").classList.add("tall");
resize();
// A long run opens near what is wrong, not with all of it too small to read.
if (axis === "even" && fitZoom < 5) zoom = 16;
fill();
{
  const linked = fromLink();
  let start = linked;
  if (start < 0) { start = S.findIndex((s) => s.tone === "bad"); if (start < 0 || S.length < 400) start = 0; }
  select(start, true);
}
document.documentElement.dataset.ready = "true";
