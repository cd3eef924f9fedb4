// The picture: only what is in sight is drawn.
const view = $("view"), map = $("map"), frame = $("frame");
const GUTTER = 118, TOP = 34;
const many = L.length > 16, some = L.length > 7;
const HALF = many ? 7 : some ? 8 : 10;
const laneTop = [], laneHeight = [];
let HEIGHT = TOP;
{
  const rows = new Array(L.length).fill(0);
  for (const b of P.bars) if (b.kind === "held") rows[b.lane] = Math.max(rows[b.lane], (b.row || 0) + 1);
  L.forEach((lane, i) => {
    const client = lane.kind === "thread" || lane.kind === "crowd";
    laneTop.push(HEIGHT);
    laneHeight.push(client ? (many ? 24 : some ? 34 : 46) : Math.max(40, 22 + rows[i] * 18));
    HEIGHT += laneHeight[i];
  });
  HEIGHT += 8;
}
const mid = (lane) => laneTop[lane] + laneHeight[lane] / 2;
const isClient = (lane) => L[lane].kind === "thread" || L[lane].kind === "crowd";
// Messages start and end at the edge of a lane's bar.
const port = (lane, other) => mid(lane) + (other > lane ? 1 : -1) * (isClient(lane) ? HALF : 0);

let x0 = 0, zoom = 40, width = 800, fitZoom = 1, focusLane = -1, current = 0;
const sx = (x) => GUTTER + (x - x0) * zoom;
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function resize() {
  const ratio = window.devicePixelRatio || 1;
  width = frame.clientWidth;
  for (const [canvas, height] of [[view, HEIGHT], [map, 34]]) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
  }
  const before = fitZoom;
  fitZoom = Math.max(1, width - GUTTER - 14) / units[axis];
  if (zoom <= before * 1.001 || zoom < fitZoom) zoom = fitZoom;
  clamp();
}
function clamp() {
  const most = Math.max(0, units[axis] - (width - GUTTER - 14) / zoom);
  x0 = Math.min(Math.max(0, x0), most);
}
function zoomBy(factor, at) {
  const px = at === undefined ? sx(X()[current]) : at, x = x0 + (px - GUTTER) / zoom;
  const most = axis === "even" ? 260 : 4e6;
  zoom = Math.min(Math.max(fitZoom, zoom * factor), Math.max(most, fitZoom));
  x0 = x - (px - GUTTER) / zoom;
  clamp(); redraw();
}

let waiting = false;
function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(); drawMap(); });
}

function hatch(g, x, y, w, h, colour) {
  g.save(); g.beginPath(); g.rect(x, y, w, h); g.clip();
  g.strokeStyle = colour; g.lineWidth = 2.4; g.beginPath();
  const from = Math.max(x, GUTTER - 40) - ((Math.max(x, GUTTER - 40) - x) % 8);
  for (let i = from - h; i < Math.min(x + w, width) + h; i += 8) { g.moveTo(i, y + h); g.lineTo(i + h, y); }
  g.stroke(); g.restore();
}
function rounded(g, x, y, w, h, r) { g.beginPath(); if (g.roundRect) g.roundRect(x, y, Math.max(w, 1), h, r); else g.rect(x, y, Math.max(w, 1), h); }
function text(g, said, x, y, most, colour) {
  if (most < 14) return;
  let shown = said;
  if (g.measureText(shown).width > most) {
    while (shown.length > 1 && g.measureText(shown + "…").width > most) shown = shown.slice(0, -1);
    if (shown.length < 2) return;
    shown += "…";
  }
  g.fillStyle = colour; g.fillText(shown, x, y);
}

function bar(g, b, c) {
  const a = Math.max(sx(place(b.from)), GUTTER - 6), z = Math.min(b.open ? sx(units[axis]) : sx(place(b.to)), width + 6);
  if (z < GUTTER || a > width) return;
  const colour = hue(b.process), y = mid(b.lane), w = Math.max(z - a, 2), top = laneTop[b.lane], h = laneHeight[b.lane];
  const crowd = L[b.lane].kind === "crowd", half = HALF;
  if (crowd) g.globalAlpha = 0.35;
  if (b.kind === "wants") {
    g.strokeStyle = colour; g.lineWidth = 2; g.setLineDash([2, 4]); g.beginPath(); g.moveTo(a, y); g.lineTo(z, y); g.stroke(); g.setLineDash([]);
  } else if (b.kind === "inside") {
    g.fillStyle = colour; rounded(g, a, y - half, w, half * 2, 4); g.fill();
  } else if (b.kind === "paused") {
    hatch(g, a, y - half - 3, w, half * 2 + 6, c.hatch);
    g.strokeStyle = c.fault; g.lineWidth = 1.5; g.setLineDash([4, 3]); g.strokeRect(a, y - half - 3, w, half * 2 + 6); g.setLineDash([]);
    const said = "paused";
    if (w > 56) { g.font = "600 12px system-ui, sans-serif"; const tw = g.measureText(said).width + 10; g.fillStyle = c.faultBg; rounded(g, a + 4, y - 8, tw, 16, 3); g.fill(); g.fillStyle = c.fault; g.fillText(said, a + 9, y + 4); }
  } else if (b.kind === "gone") {
    g.fillStyle = c.lane; g.fillRect(a, top + 2, w, h - 4);
    g.fillStyle = c.soft; for (let i = a; i < z; i += 7) g.fillRect(i, y - 5, 1.5, 10);
  } else if (b.kind === "lease") {
    g.globalAlpha *= 0.75; g.fillStyle = colour; g.fillRect(a, y + half + 3, w, 4); if (!b.open) g.fillRect(z - 2, y + half, 2, 10); g.globalAlpha = 1;
  } else if (b.kind === "session") {
    g.globalAlpha *= 0.75; g.fillStyle = colour; g.fillRect(a, y - half - 7, w, 3); if (!b.open) g.fillRect(z - 2, y - half - 10, 2, 9); g.globalAlpha = 1;
  } else if (b.kind === "held") {
    const yy = top + 19 + (b.row || 0) * 18;
    g.globalAlpha = 0.22; g.fillStyle = colour; rounded(g, a, yy, w, 15, 3); g.fill(); g.globalAlpha = 1;
    g.strokeStyle = colour; g.lineWidth = 1.5; rounded(g, a, yy, w, 15, 3); g.stroke();
    g.font = "12px system-ui, sans-serif"; text(g, b.label, a + 5, yy + 12, w - 8, c.ink);
  } else if (b.kind === "down") {
    g.fillStyle = c.badBg; g.fillRect(a, top + 1, w, h - 2);
    g.font = "600 12px system-ui, sans-serif"; text(g, "down", a + 4, top + 13, w - 6, c.bad);
  }
  g.globalAlpha = 1;
}

function arrow(g, m, c, strong) {
  const xa = sx(place(m.sent)), xb = sx(place(m.arrived)), ya = port(m.from, m.to), yb = port(m.to, m.from);
  g.strokeStyle = strong ? c.accent : c.arrow; g.fillStyle = g.strokeStyle; g.lineWidth = strong ? 2.2 : 1.1;
  g.setLineDash(m.kind === "reply" ? [5, 3] : m.kind === "notice" ? [1.5, 2.5] : []);
  g.beginPath(); g.moveTo(xa, ya); g.lineTo(xb, yb); g.stroke(); g.setLineDash([]);
  const angle = Math.atan2(yb - ya, xb - xa), s = strong ? 8 : 6;
  g.beginPath(); g.moveTo(xb, yb); g.lineTo(xb - s * Math.cos(angle - 0.42), yb - s * Math.sin(angle - 0.42)); g.lineTo(xb - s * Math.cos(angle + 0.42), yb - s * Math.sin(angle + 0.42)); g.fill();
  return [(xa + xb) / 2, (ya + yb) / 2];
}

function draw() {
  const g = view.getContext("2d");
  const c = { ink: css("--ink"), soft: css("--soft"), line: css("--line"), grid: css("--grid"), accent: css("--accent"), pick: css("--pick"), bad: css("--bad"), badBg: css("--bad-bg"), fault: css("--fault"), faultBg: css("--fault-bg"), lane: css("--lane"), bg: css("--bg"), hatch: css("--hatch"), arrow: css("--soft") };
  g.clearRect(0, 0, width, HEIGHT);
  L.forEach((_, i) => {
    if (i === focusLane) { g.fillStyle = c.pick; g.fillRect(0, laneTop[i], width, laneHeight[i]); }
    g.strokeStyle = c.grid; g.lineWidth = 1; g.beginPath(); g.moveTo(0, laneTop[i] + laneHeight[i] - 0.5); g.lineTo(width, laneTop[i] + laneHeight[i] - 0.5);
    g.moveTo(GUTTER, mid(i) + 0.5); if (isClient(i)) g.lineTo(width, mid(i) + 0.5); g.stroke();
  });
  const xs = X();
  if (S.length) {
    const x = sx(xs[current]), w = axis === "even" ? Math.max(6, Math.min(zoom * 0.9, 46)) : 6;
    g.fillStyle = c.pick; g.fillRect(x - w / 2, 18, w, HEIGHT - 18);
  }
  g.save(); g.beginPath(); g.rect(GUTTER - 7, 0, width - GUTTER + 7, HEIGHT); g.clip();
  for (const kind of ["down", "gone", "wants", "session", "lease", "held", "inside", "paused"]) for (const b of P.bars) if (b.kind === kind) bar(g, b, c);
  // Where they are dense, one of several messages at the same place stands for all.
  const seen = new Set(), labels = [], boxes = [];
  for (const m of P.arrows) {
    const xa = sx(place(m.sent)), xb = sx(place(m.arrived));
    if (xb < GUTTER - 20 || xa > width + 20) continue;
    const strong = m.arrived[0] === current || (m.sent[0] === current && m.sent[1] === S[current].at);
    const key = `${m.from},${m.to},${Math.round(xb / 3)}`;
    if (!strong && seen.has(key)) continue;
    seen.add(key);
    const [lx, ly] = arrow(g, m, c, strong);
    labels.push([strong, lx, ly, m.label]);
  }
  g.font = "12px system-ui, sans-serif";
  labels.sort((a, b) => b[0] - a[0]);
  for (const [strong, lx, ly, said] of labels) {
    const tw = Math.min(g.measureText(said).width, 250);
    // A label may stand beside its arrow, higher or lower.
    for (const dy of strong ? [0, -18, 18, -36, 36] : [0]) {
      const box = [lx + 5, ly + dy - 9, lx + tw + 13, ly + dy + 8];
      const shift = strong && box[2] > width ? width - box[2] - 2 : 0;
      box[0] += shift; box[2] += shift;
      if (!strong && (zoom < 24 || box[2] > width)) break;
      if (boxes.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1])) continue;
      boxes.push(box);
      g.globalAlpha = strong ? 1 : 0.86; g.fillStyle = c.bg; rounded(g, box[0], box[1], box[2] - box[0], 17, 3); g.fill(); g.globalAlpha = 1;
      if (strong) { g.strokeStyle = c.accent; g.lineWidth = 1; g.stroke(); }
      text(g, said, box[0] + 4, box[1] + 13, 250, strong ? c.ink : c.soft);
      break;
    }
  }
  // Faults and what is wrong, from top to bottom.
  S.forEach((s, i) => {
    if (s.tone === "plain") return;
    const x = sx(xs[i]); if (x < GUTTER - 4 || x > width) return;
    const bad = s.tone === "bad";
    g.strokeStyle = bad ? c.bad : c.fault; g.lineWidth = bad ? 1.8 : 1.2; g.setLineDash(bad ? [] : [4, 4]);
    g.beginPath(); g.moveTo(x, TOP - 4); g.lineTo(x, HEIGHT - 6); g.globalAlpha = 0.55; g.stroke(); g.globalAlpha = 1; g.setLineDash([]);
    g.fillStyle = g.strokeStyle; g.font = "700 14px system-ui, sans-serif"; g.fillText(bad ? "✗" : "!", x - 5, TOP - 4);
  });
  // The axis.
  g.font = "12px system-ui, sans-serif";
  let right = -1e9;
  if (axis === "even") {
    let last = null;
    S.forEach((s, i) => {
      const x = sx(xs[i]);
      if (s.at === last || x < GUTTER - 30 || x > width) { if (x < GUTTER - 30) last = s.at; return; }
      last = s.at;
      const said = time(s.at), w = g.measureText(said).width, left = Math.min(x - 4, width - w - 4);
      if (left < right + 12) return;
      g.fillStyle = c.soft; g.fillText(said, left, 13); right = left + w;
    });
  } else {
    const per = 90 / zoom * span, power = 10 ** Math.floor(Math.log10(per)), tick = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= per) || 10 * power;
    const step = Math.max(1, tick);
    for (let at = Math.ceil(x0 * span / step) * step; at <= P.end; at += step) {
      const x = sx(at / span); if (x > width) break;
      g.fillStyle = c.soft; g.fillText(time(Math.round(at)), x - 4, 13); g.fillRect(x, 17, 1, 5);
    }
  }
  g.restore();
  g.fillStyle = c.lane; g.fillRect(0, 0, GUTTER - 7, HEIGHT);
  L.forEach((lane, i) => {
    if (i === focusLane) { g.fillStyle = c.pick; g.fillRect(0, laneTop[i], GUTTER - 7, laneHeight[i]); }
    const y = isClient(i) ? mid(i) : laneTop[i] + 14;
    g.fillStyle = hue(lane.process); if (isClient(i)) { rounded(g, 8, mid(i) - 6, 10, 12, 3); g.fill(); } else { g.fillStyle = c.soft; g.fillRect(8, laneTop[i] + 5, 10, 10); }
    g.font = "600 13px system-ui, sans-serif"; text(g, lane.name, 24, isClient(i) ? y + 5 : y, GUTTER - 36, c.ink);
  });
  g.fillStyle = c.line; g.fillRect(GUTTER - 7, 0, 1, HEIGHT);
}

function drawMap() {
  const g = map.getContext("2d"), w = width - 2, k = w / units[axis], h = 34 / Math.max(1, L.length);
  g.clearRect(0, 0, width, 34);
  const seen = new Set();
  for (const b of P.bars) {
    if (b.kind !== "inside" && b.kind !== "held") continue;
    const a = place(b.from) * k, z = (b.open ? units[axis] : place(b.to)) * k, key = `${b.lane},${b.kind},${Math.round(a)},${Math.round(z)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    g.globalAlpha = b.kind === "held" ? 0.35 : 1; g.fillStyle = hue(b.process); g.fillRect(a, b.lane * h + 0.5, Math.max(1, z - a), Math.max(1, h - 1));
  }
  g.globalAlpha = 1;
  S.forEach((s, i) => { if (s.tone === "plain") return; g.fillStyle = css(s.tone === "bad" ? "--bad" : "--fault"); g.fillRect(X()[i] * k, 0, s.tone === "bad" ? 2 : 1, 34); });
  const a = x0 * k, z = Math.min(w, (x0 + (width - GUTTER) / zoom) * k);
  g.fillStyle = css("--pick"); g.fillRect(a, 0, z - a, 34); g.strokeStyle = css("--accent"); g.lineWidth = 1.5; g.strokeRect(a + 1, 1, Math.max(4, z - a) - 1, 32);
  if (S.length) { g.fillStyle = css("--accent"); g.fillRect(X()[current] * k, 0, 2, 34); }
}
