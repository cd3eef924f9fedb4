//! What the screen shows.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Clear, List, ListItem, ListState, Paragraph, Wrap};

use super::screen::Screen;
use crate::report::picture::{ArrowKind, BarKind, LaneKind, Picture, Spot, Tone};
use crate::report::words;

/// How many characters a step is wide.
const WIDE: usize = 4;
/// How many characters stand before the lanes.
const NAMES: usize = 11;
/// The most lanes that are shown.
const LANES: usize = 12;

const COLOURS: [Color; 6] =
    [Color::Blue, Color::Yellow, Color::Green, Color::Magenta, Color::Cyan, Color::LightRed];

const KEYS: &str = "j/k step  v violation  a other ways  / search  g go to  w save  ? keys  q end";

/// The whole screen.
pub(super) fn all(screen: &Screen<'_>, frame: &mut Frame<'_>) {
    let walk = &screen.walk;
    let lanes = walk.picture.lanes.len().min(LANES) as u16;
    let areas = Layout::vertical([
        Constraint::Length(2),
        Constraint::Length(lanes + 1),
        Constraint::Length(1),
        Constraint::Min(4),
        Constraint::Length(1),
    ])
    .split(frame.area());
    let (_, verdict) = walk.subject.verdict();
    let style = match walk.recording().ended.violation {
        Some(_) => toned(Color::Red, screen.coloured),
        None => toned(Color::Green, screen.coloured),
    };
    let title = Line::from(walk.subject.title()).style(bold());
    let head = vec![title, Line::from(verdict).style(style)];
    frame.render_widget(Paragraph::new(head), areas[0]);
    frame.render_widget(Paragraph::new(picture(screen, areas[1])), areas[1]);
    frame.render_widget(Paragraph::new(messages(screen)).style(faint()), areas[2]);
    let halves = Layout::horizontal([Constraint::Percentage(52), Constraint::Percentage(48)])
        .split(areas[3]);
    steps(screen, frame, halves[0]);
    state(screen, frame, halves[1]);
    let last = match &screen.typing {
        Some((sign, text)) => Line::from(format!("{} {text}_", asked(*sign))),
        None if !screen.said.is_empty() => Line::from(screen.said.clone()).style(bold()),
        None => Line::from(KEYS).style(faint()),
    };
    frame.render_widget(Paragraph::new(last), areas[4]);
    if let Some((ways, at)) = &screen.ways {
        let items = (0..ways.all.len()).map(|it| ListItem::new(walk.way(ways, it)));
        let title = "what could happen after this step: Enter goes that way, Esc back";
        popup(frame, items.collect(), *at, title);
    }
    if screen.help {
        let items = HELP.iter().map(|it| ListItem::new(*it)).collect();
        popup(frame, items, usize::MAX, "keys");
    }
}

const HELP: [&str; 12] = [
    "j, ↓, →, space   next step",
    "k, ↑, ←          step back",
    "PageDown/PageUp  ten steps; Home, End",
    "v                to what is wrong",
    "g                to a step by its number: 12, 12.2",
    "/ and n          to the next step with a text",
    "l                to the next step of a client or a server",
    "a                what else could happen, and go that way",
    "w                keep the run as a trace",
    "r                the run as it was in the beginning",
    "J, K             scroll the state",
    "q                end",
];

fn asked(sign: char) -> &'static str {
    match sign {
        '/' => "search:",
        'g' => "go to step:",
        'l' => "next step of:",
        _ => "save as:",
    }
}

fn bold() -> Style {
    Style::new().add_modifier(Modifier::BOLD)
}

fn faint() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}

fn popup(frame: &mut Frame<'_>, items: Vec<ListItem<'_>>, at: usize, title: &str) {
    let area = frame.area();
    let height = (items.len() as u16 + 2).min(area.height.saturating_sub(2));
    let width = area.width.saturating_sub(4);
    let place = Rect::new(2, area.height.saturating_sub(height) / 2, width, height);
    let list = List::new(items)
        .block(Block::new().borders(Borders::ALL).title(title.to_owned()))
        .highlight_style(Style::new().add_modifier(Modifier::REVERSED));
    let mut state = ListState::default();
    state.select(Some(at).filter(|at| *at < usize::MAX));
    frame.render_widget(Clear, place);
    frame.render_stateful_widget(list, place, &mut state);
}

/// The steps that fit beside the names, with the one at which one is in the middle.
fn window(screen: &Screen<'_>, area: Rect) -> std::ops::Range<usize> {
    let room = (usize::from(area.width).saturating_sub(NAMES) / WIDE).max(1);
    let count = screen.walk.picture.steps.len();
    let from = screen.walk.at.saturating_sub(room / 2).min(count.saturating_sub(room));
    from..(from + room).min(count)
}

fn picture(screen: &Screen<'_>, area: Rect) -> Vec<Line<'static>> {
    let shown = window(screen, area);
    let picture = &screen.walk.picture;
    let mut lines = vec![axis(screen, &shown)];
    // The lanes near the one that does something now.
    let from = first_lane(picture, screen.walk.at);
    for lane in from..(from + LANES).min(picture.lanes.len()) {
        let mut spans = vec![Span::styled(named(&picture.lanes[lane].name), bold())];
        for step in shown.clone() {
            let (text, style) = cell(picture, lane, step, screen.coloured);
            let here = if step == screen.walk.at { Modifier::REVERSED } else { Modifier::empty() };
            spans.push(Span::styled(text, style.add_modifier(here)));
        }
        lines.push(Line::from(spans));
    }
    lines
}

fn first_lane(picture: &Picture, at: usize) -> usize {
    let step = picture.steps.get(at);
    let lane = step.and_then(|it| it.process.as_ref().or(it.server.as_ref())).map_or(0, |it| it.0);
    let most = picture.lanes.len().saturating_sub(LANES);
    lane.saturating_sub(LANES / 2).min(most)
}

fn named(name: &str) -> String {
    let name: String = name.chars().take(NAMES - 1).collect();
    format!("{name:<NAMES$}")
}

fn axis(screen: &Screen<'_>, shown: &std::ops::Range<usize>) -> Line<'static> {
    let steps = &screen.walk.picture.steps;
    let mut text = " ".repeat(NAMES);
    let mut before = None;
    for place in shown.clone() {
        let column = NAMES + (place - shown.start) * WIDE;
        let at = steps[place].at;
        let told = words::time(at);
        let free = text.chars().count() <= column;
        if before != Some(at) && free {
            text = format!("{text:<column$}{told} ");
            before = Some(at);
        }
    }
    Line::from(text).style(faint())
}

/// What a lane shows at a step.
fn cell(picture: &Picture, lane: usize, step: usize, coloured: bool) -> (String, Style) {
    let at = Spot(step, picture.steps[step].at);
    let bars = picture
        .bars
        .iter()
        .filter(|it| it.lane == lane && it.from.0 <= step && (it.open || at < it.to));
    let mut kinds: Vec<(BarKind, Option<u16>, bool)> = Vec::new();
    for bar in bars {
        kinds.push((bar.kind, bar.process, bar.from.0 == step));
    }
    let has = |kind: BarKind| kinds.iter().find(|it| it.0 == kind);
    let colour = |process: Option<u16>| match process.filter(|_| coloured) {
        Some(process) => Style::new().fg(COLOURS[usize::from(process) % COLOURS.len()]),
        None => Style::new(),
    };
    let client = matches!(picture.lanes[lane].kind, LaneKind::Thread | LaneKind::Crowd);
    let (sign, style) = if let Some((_, process, _)) = has(BarKind::Inside) {
        let paused = has(BarKind::Paused).is_some();
        (if paused { '▒' } else { '█' }, colour(*process))
    } else if let Some((_, process, _)) = has(BarKind::Gone) {
        ('x', colour(*process))
    } else if let Some((_, process, _)) = has(BarKind::Paused) {
        (':', colour(*process))
    } else if let Some((_, process, _)) = has(BarKind::Wants) {
        ('·', colour(*process))
    } else if has(BarKind::Down).is_some() {
        ('x', Style::new())
    } else if let Some((_, process, _)) = has(BarKind::Held) {
        ('━', colour(*process))
    } else {
        (if client { ' ' } else { '─' }, faint())
    };
    let tone = picture.steps[step].tone;
    let about = |it: &Option<(usize, String)>| it.as_ref().is_some_and(|(it, _)| *it == lane);
    let mine = about(&picture.steps[step].process) || about(&picture.steps[step].server);
    let mark = match (tone, mine) {
        (Tone::Bad, true) => '✗',
        (Tone::Fault, true) => '!',
        (Tone::Plain, true) => '●',
        _ => sign,
    };
    let rest: String = std::iter::repeat_n(sign, WIDE - 1).collect();
    (format!("{mark}{rest}"), style)
}

/// The messages of the step, in a line.
fn messages(screen: &Screen<'_>) -> String {
    let picture = &screen.walk.picture;
    let here = picture.arrows.iter().filter(|it| it.arrived.0 == screen.walk.at);
    let name = |lane: usize| picture.lanes.get(lane).map_or("?", |it| &it.name);
    let told = here.map(|it| match it.kind {
        ArrowKind::Request => format!("{} → {}: {}", name(it.from), name(it.to), it.label),
        _ => format!("{} ⇢ {}: {}", name(it.from), name(it.to), it.label),
    });
    told.take(6).collect::<Vec<_>>().join("   ")
}

fn steps(screen: &Screen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let walk = &screen.walk;
    let room = usize::from(area.height.saturating_sub(1));
    // Only what is near is made: a run may have thousands of steps.
    let from = walk.at.saturating_sub(room);
    let to = (walk.at + room).min(walk.picture.steps.len());
    let width = usize::from(area.width).saturating_sub(2);
    let item = |at: usize| {
        let step = &walk.picture.steps[at];
        let (sign, style) = match step.tone {
            Tone::Plain => (' ', Style::new()),
            Tone::Fault => ('!', toned(Color::Yellow, screen.coloured)),
            Tone::Bad => ('✗', toned(Color::Red, screen.coloured)),
        };
        let lines = crate::report::wrapped(&walk.words(at), width.saturating_sub(8));
        let set_in = |(number, line): (usize, String)| match number {
            0 => Line::from(format!("{:>5} {sign} {line}", step.name())),
            _ => Line::from(format!("        {}", line.trim_start())),
        };
        let lines = lines.into_iter().enumerate();
        ListItem::new(lines.map(set_in).collect::<Vec<_>>()).style(style)
    };
    let list = List::new((from..to).map(item))
        .block(Block::new().borders(Borders::TOP).title(walk.place()))
        .highlight_style(Style::new().add_modifier(Modifier::REVERSED));
    let mut state = ListState::default();
    state.select(Some(walk.at - from));
    frame.render_stateful_widget(list, area, &mut state);
}

fn toned(colour: Color, coloured: bool) -> Style {
    if coloured { Style::new().fg(colour) } else { bold() }
}

fn state(screen: &Screen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let text = screen.walk.state(usize::from(area.width).saturating_sub(2).max(20));
    let text = anstream::adapter::strip_str(&text).to_string();
    let line = |line: &str| {
        let style = match line.chars().next() {
            Some('+') => toned(Color::Green, screen.coloured),
            Some('~') => toned(Color::Yellow, screen.coloured),
            Some('-') => toned(Color::Red, screen.coloured),
            Some(' ') | None => Style::new(),
            Some(_) => bold(),
        };
        Line::from(line.to_owned()).style(style)
    };
    // The step itself is told on the left.
    let words = text.lines().skip(1).skip_while(|it| it.as_bytes().first() == Some(&b' '));
    let lines: Vec<Line<'static>> = words.map(line).collect();
    let title = match screen.walk.turns.last() {
        Some(turn) => format!("state; you went: {turn}"),
        None => "state".to_owned(),
    };
    let block = Block::new().borders(Borders::TOP | Borders::LEFT).title(title);
    let shown = Paragraph::new(lines).block(block).wrap(Wrap { trim: false });
    frame.render_widget(shown.scroll((screen.scroll, 0)), area);
}
