// Walking through the run.
const list = $("list"), now = $("now");
const BIG = S.length > 1200, ROW = 26;
const el = (tag, cls, said) => { const e = document.createElement(tag); if (cls) e.className = cls; if (said !== undefined) e.textContent = said; return e; };
const SIGN = { plain: "", fault: "!", bad: "✗" };
function wordsOf(s) {
  const parts = [];
  if (s.process) parts.push(`${L[s.process[0]].name} ${s.process[1]}`);
  if (s.server) parts.push(`${L[s.server[0]].name}: ${s.server[1]}`);
  if (s.whole) parts.push(s.whole);
  return parts.join(" — ");
}
function rowOf(i) {
  const s = S[i], e = el("div", `step ${s.tone}${BIG ? " far" : ""}`);
  e.id = `s${i}`; e.setAttribute("role", "option"); e.dataset.i = i;
  e.append(el("span", "n", nameOf(i)), el("span", "t", i && S[i - 1].at === s.at && !BIG ? "" : time(s.at)), el("span", "sign", SIGN[s.tone]));
  const w = el("span", "w");
  if (s.process) { const chip = el("span", "chip"); chip.style.background = hue(L[s.process[0]].process); w.append(chip, el("b", "", L[s.process[0]].name), ` ${s.process[1]}`); }
  if (s.server) { if (s.process) w.append(" "); w.append(el("span", "v", `${L[s.server[0]].name}: ${s.server[1]}`)); }
  if (s.whole) w.append(s.whole);
  e.append(w);
  if (BIG) { e.style.top = `${i * ROW}px`; e.title = wordsOf(s); }
  if (i === current) { e.classList.add("on"); e.setAttribute("aria-selected", "true"); }
  if (hits.has(i)) e.classList.add("hit");
  return e;
}
let hits = new Set(), order = [];
function fill() {
  if (!BIG) { list.replaceChildren(...S.map((_, i) => rowOf(i))); return; }
  const from = Math.max(0, Math.floor(list.scrollTop / ROW) - 10), to = Math.min(S.length, from + Math.ceil(list.clientHeight / ROW) + 20);
  const sizer = el("div"); sizer.style.height = `${S.length * ROW}px`;
  const rows = []; for (let i = from; i < to; i++) rows.push(rowOf(i));
  list.replaceChildren(sizer, ...rows);
}
if (BIG) list.classList.add("big");
if (BIG) list.addEventListener("scroll", () => requestAnimationFrame(fill));

function select(i, quiet) {
  if (!S.length) return;
  const before = current;
  current = Math.min(Math.max(0, i), S.length - 1);
  const x = sx(X()[current]);
  if (x < GUTTER + 10 || x > width - 30) { x0 = X()[current] - (width - GUTTER) / zoom / 2; clamp(); }
  redraw();
  if (BIG) {
    const top = current * ROW;
    if (top < list.scrollTop || top > list.scrollTop + list.clientHeight - ROW * 2) list.scrollTop = top - list.clientHeight / 2;
    fill();
  } else {
    const old = $(`s${before}`), e = $(`s${current}`);
    if (old) { old.classList.remove("on"); old.removeAttribute("aria-selected"); }
    e.classList.add("on"); e.setAttribute("aria-selected", "true");
    const top = e.offsetTop, end = top + e.offsetHeight;
    if (top < list.scrollTop) list.scrollTop = top - 40; else if (end > list.scrollTop + list.clientHeight) list.scrollTop = end - list.clientHeight + 40;
  }
  list.setAttribute("aria-activedescendant", `s${current}`);
  $("scrub").value = current;
  $("where").textContent = `step ${nameOf(current)} · ${time(S[current].at)} · ${current + 1}/${S.length}`;
  show();
  if (!quiet) {
    $("live").textContent = `step ${nameOf(current)}, ${time(S[current].at)}: ${wordsOf(S[current])}`;
    history.replaceState(null, "", `#step=${nameOf(current)}`);
  }
}

// Who is where, from the bars.
function whoIsWhere() {
  const at = [current, S[current].at], within = (b) => cmp(b.from, at) <= 0 && (b.open || cmp(at, b.to) < 0);
  const lanes = new Map();
  for (const b of P.bars) {
    if (!isClient(b.lane) || L[b.lane].kind === "crowd" || !within(b)) continue;
    const it = lanes.get(b.lane) || {}; it[b.kind] = b; lanes.set(b.lane, it);
  }
  return lanes;
}
const cmp = (a, b) => a[0] - b[0] || a[1] - b[1];

// A table without the columns in which nothing stands.
function table(caption, heads, rows) {
  const t = el("table"), h = el("tr");
  t.append(el("caption", "", caption));
  const empty = heads.map((head, i) => head && rows.every((r) => !r.children[i] || !r.children[i].textContent));
  heads.forEach((head, i) => { if (!empty[i]) h.append(el("th", "", head)); });
  if (heads.length) t.append(h);
  for (const r of rows) { const cells = [...r.children]; cells.forEach((c, i) => { if (empty[i]) c.remove(); }); t.append(r); }
  return t;
}
function show() {
  const s = S[current], parts = [];
  const said = el("p", "said"); said.append(el("b", "", `${time(s.at)}  `), wordsOf(s)); parts.push(said);
  const where = whoIsWhere(), rows = [];
  L.forEach((lane, i) => {
    if (lane.kind !== "thread") return;
    const it = where.get(i) || {};
    const words = [];
    if (it.gone) words.push("crashed or ended");
    if (it.inside) words.push("in its critical section");
    else if (it.wants) words.push("wants the lock");
    if (it.paused) words.push("paused");
    if (it.lease) words.push(`lease until ${time(it.lease.until)}`);
    else if (it.inside && P.bars.some((b) => b.kind === "lease" && b.lane === i && cmp(b.from, it.inside.from) === 0)) words.push("its lease is over");
    if (many && !words.length) return;
    const r = el("tr"), name = el("td"), chip = el("span", "chip"); chip.style.background = hue(lane.process);
    name.append(chip, lane.name); r.append(name, el("td", "", words.join(", ") || "—")); rows.push(r);
  });
  if (rows.length) parts.push(table("Clients", [], rows));
  const kept = stateAfter(s.step, s.last);
  L.forEach((lane, i) => {
    if (isClient(i)) return;
    const all = [...kept.map.values()].filter((c) => c.lane === i);
    const gone = [...kept.touched].filter(([key, old]) => old && old.lane === i && !kept.map.has(key)).map(([, old]) => old);
    const at = [current, s.at], down = P.bars.some((b) => b.kind === "down" && b.lane === i && cmp(b.from, at) <= 0 && (b.open || cmp(at, b.to) < 0));
    if (!all.length && !gone.length) {
      const r = el("tr"); r.append(el("td", "", down ? "down" : "keeps nothing"));
      if (lane.kind !== "ledger") parts.push(table(lane.name, [], [r]));
      return;
    }
    const entries = all.map((c) => {
      const key = keyOf(c), touched = kept.touched.has(key), old = touched ? kept.touched.get(key) : undefined;
      return entry(c, s.at, touched ? (old ? "changed" : "new") : "", old);
    });
    gone.forEach((c) => entries.push(entry(c, s.at, "gone")));
    const most = 60, shown = entries.slice(0, most);
    if (entries.length > most) { const r = el("tr"); r.append(el("td", ""), el("td", "", `… ${entries.length - most} more`)); shown.push(r); }
    parts.push(table(down ? `${lane.name} (down)` : lane.name, ["", "name", "holds", "until", "whose", "watched by"], shown));
  });
  now.replaceChildren(...parts);
}
function entry(c, at, how, old) {
  const r = el("tr", how), e = c.now, o = old && old.now;
  const value = el("td", "mono");
  if (o && o.value !== e.value) value.append(el("del", "", o.value), " ");
  value.append(e.value);
  if (e.version) value.append(` (version ${e.version})`);
  const until = el("td", "", e.until === undefined ? "" : e.until <= at ? "over" : `${time(e.until)} (${time(e.until - at)} left)`);
  const name = c.kind === "session" ? `session ${c.name}` : c.name;
  const kind = ["string", "session", "persistent", "number"].includes(c.kind) ? "" : ` (${c.kind})`;
  const owner = [e.owner, c.kind === "ephemeral" && e.session].filter(Boolean).join(", ");
  r.append(el("td", "mark", { new: "+", changed: "~", gone: "−" }[how] || ""), el("td", "mono", name + kind), value, until, el("td", "", owner), el("td", "", (e.watchers || []).join(", ")));
  return r;
}

function jump(test, direction) {
  for (let i = current + direction; i >= 0 && i < S.length; i += direction) if (test(i)) { select(i); return true; }
  return false;
}
function violation() {
  let i = S.length - 1;
  while (i > 0 && S[i].tone !== "bad") i--;
  if (S.length && S[i].tone === "bad") select(i);
}
const ofLane = (i) => { const s = S[i]; return (s.process && s.process[0] === focusLane) || (s.server && s.server[0] === focusLane); };

function search() {
  const wanted = $("search").value.toLowerCase();
  order = []; if (wanted) S.forEach((s, i) => { if (wordsOf(s).toLowerCase().includes(wanted)) order.push(i); });
  hits = new Set(order);
  $("found").textContent = wanted ? `${order.length} found` : "";
  fill();
}
function found(direction) {
  if (!order.length) return;
  const after = direction > 0 ? order.find((i) => i > current) : [...order].reverse().find((i) => i < current);
  select(after === undefined ? order[direction > 0 ? 0 : order.length - 1] : after);
}
