"use strict";
// The data, and where each step stands on the axis.
const P = JSON.parse(document.getElementById("data").textContent);
const S = P.steps, L = P.lanes;
const $ = (id) => document.getElementById(id);
const HUES = ["#0072b2", "#d98200", "#009e73", "#b8579b", "#3aa0d8", "#8c6d31", "#7a68b8", "#3f9d8f"];
const hue = (process) => (process === undefined ? "#7d8791" : HUES[process % HUES.length]);

function time(us) {
  const t = (n) => String(+n.toFixed(6));
  if (Math.abs(us) < 1000) return us === 0 ? "0 ms" : `${us} µs`;
  return Math.abs(us) < 1e6 ? `${t(us / 1000)} ms` : `${t(us / 1e6)} s`;
}
const nameOf = (i) => (S[i].part > 1 ? `${S[i].step}.${S[i].part}` : `${S[i].step}`);

// Steps side by side: one unit each, and more where time passes. To scale: time alone, 0 to 1.
const even = new Float64Array(S.length), scale = new Float64Array(S.length);
const span = Math.max(1, P.end);
for (let i = 0; i < S.length; i++) {
  const gap = i ? (S[i].at - S[i - 1].at) / 1000 : 0;
  even[i] = i ? even[i - 1] + 1 + (gap > 0 ? Math.min(2.5, 0.35 + Math.log10(1 + gap) * 0.5) : 0) : S[0].at > 0 ? 2.5 : 0.8;
  scale[i] = S[i].at / span;
}
const units = { even: (S.length ? even[S.length - 1] : 0) + 1.6, time: 1 };
let axis = "even";
const X = () => (axis === "even" ? even : scale);

// The place of a spot [step, time] in units.
function place(spot) {
  const [i, at] = spot;
  if (!S.length) return 0;
  if (axis === "time") return at / span;
  const here = even[i], from = S[i].at;
  // Before the first step.
  if (at < from && i === 0) return here * Math.max(0, at) / from;
  if (i + 1 >= S.length) return here + (at > from ? 0.8 : 0);
  const to = S[i + 1].at;
  if (to <= from || at <= from) return here;
  return here + Math.min(1, (at - from) / (to - from)) * (even[i + 1] - here);
}
// The last step at or before a place.
function stepAt(x) {
  const xs = X();
  let low = 0, high = S.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (xs[mid] <= x) low = mid; else high = mid - 1;
  }
  if (low + 1 < S.length && xs[low + 1] - x < x - xs[low]) low++;
  return low;
}

// What the stores keep after the steps of the run from one to another, and what each thing was before those that they
// touched. Going on continues from what is at hand.
const state = { from: -1, at: -1, next: 0, map: new Map(), touched: new Map() };
const keyOf = (c) => `${c.lane}\u0000${c.kind}\u0000${c.name}`;
function stateAfter(from, to) {
  if (from === state.from && to === state.at) return state;
  if (from <= state.at) Object.assign(state, { next: 0, map: new Map() });
  state.touched = new Map();
  while (state.next < P.changes.length && P.changes[state.next].step <= to) {
    const c = P.changes[state.next++], key = keyOf(c), old = state.map.get(key);
    if (c.step >= from && c.step > 0 && !state.touched.has(key)) state.touched.set(key, old);
    if (c.now) state.map.set(key, c); else state.map.delete(key);
  }
  Object.assign(state, { from, at: to });
  return state;
}
