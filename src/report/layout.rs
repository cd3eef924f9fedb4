//! How wide the columns of a timeline are, and what goes into which.

use super::cast::Cast;
use super::rows::Row;
use crate::time::Micros;
use crate::visible;

/// The columns of a timeline.
pub(super) struct Layout {
    /// The widest line.
    pub(super) width: usize,
    /// The width of the time.
    pub(super) time: usize,
    /// Whether a time is no whole number of milliseconds.
    fractions: bool,
    pub(super) processes: Vec<ProcessColumn>,
    pub(super) servers: Vec<ServerColumn>,
    /// How many processes have no column.
    pub(super) hidden: usize,
    mode: Mode,
    names: Vec<String>,
    server_names: Vec<String>,
}

/// The column of a process: a bar for each thread, and a text.
pub(super) struct ProcessColumn {
    pub(super) process: usize,
    pub(super) title: String,
    pub(super) lanes: usize,
    /// The width of the text; 0 if there is only the bar.
    pub(super) text: usize,
}

/// The column of a server, or of all servers.
pub(super) struct ServerColumn {
    pub(super) title: String,
    pub(super) text: usize,
}

/// What stands where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    /// Each process and each server has its texts in its own column.
    Apart,
    /// All servers share a column.
    OneForServers,
    /// All texts are in one column; processes have only their bars.
    OneForAll,
}

/// The narrowest text column of a process and of a server.
const NARROW: (usize, usize) = (12, 26);
/// The narrowest column of texts about everybody, and the same on a narrow terminal.
const SHARED: (usize, usize) = (36, 20);

impl Layout {
    pub(super) fn of(cast: &Cast, rows: &[Row], width: usize) -> Self {
        let fractions = rows.iter().any(|row| row.at.0 % 1000 != 0);
        let longest = rows.iter().map(|row| milliseconds(row.at, fractions).len()).max();
        let time = longest.unwrap_or(0).max(4);
        let mut layout = Self {
            width,
            time,
            fractions,
            processes: Vec::new(),
            servers: Vec::new(),
            hidden: 0,
            mode: Mode::Apart,
            names: cast.processes.iter().map(|it| it.name.clone()).collect(),
            server_names: cast.servers.iter().map(|it| it.name.clone()).collect(),
        };
        if cast.is_crowd() {
            layout.mode = Mode::OneForAll;
            layout.columns(cast, rows);
            let seen =
                |it: &ProcessColumn| rows.iter().any(|row| !row.lives[it.process].is_empty());
            let all = layout.processes.len();
            layout.processes.retain(|it| seen(it));
            layout.hidden = all - layout.processes.len();
            layout.shrink();
            layout.hide(rows);
            return layout;
        }
        // Nothing is broken over lines as long as that can be helped.
        let fits = [Mode::Apart, Mode::OneForServers].into_iter().any(|mode| {
            layout.mode = mode;
            layout.columns(cast, rows);
            layout.total() <= layout.width
        });
        if !fits {
            for mode in [Mode::OneForServers, Mode::OneForAll] {
                layout.mode = mode;
                layout.columns(cast, rows);
                if layout.shrink() {
                    break;
                }
            }
        }
        if layout.mode == Mode::OneForAll {
            layout.hide(rows);
        }
        layout
    }

    fn columns(&mut self, cast: &Cast, rows: &[Row]) {
        let longest = |column: usize, least: usize, layout: &Self| {
            let texts = rows.iter().flat_map(|row| layout.cells(row));
            let own = texts.filter(|(at, _)| *at == column).map(|(_, text)| text.chars().count());
            own.max().unwrap_or(0).max(least)
        };
        self.processes = (0..cast.processes.len())
            .map(|process| {
                let it = &cast.processes[process];
                let bare = self.mode == Mode::OneForAll;
                let title = it.name.chars().count();
                let lanes = it.threads.len();
                let least = title.saturating_sub(lanes + 1);
                let text = if bare { least } else { longest(process, least, self) };
                ProcessColumn { process, title: it.name.clone(), lanes, text }
            })
            .collect();
        let titles: Vec<String> = match self.mode {
            Mode::Apart => self.server_names.clone(),
            Mode::OneForServers => vec![self.shared_title()],
            Mode::OneForAll => vec!["what happens".to_owned()],
        };
        self.servers = titles
            .into_iter()
            .enumerate()
            .map(|(number, title)| {
                let text = longest(cast.processes.len() + number, title.chars().count(), self);
                ServerColumn { title, text }
            })
            .collect();
    }

    fn shared_title(&self) -> String {
        match self.server_names.as_slice() {
            [] => "servers".to_owned(),
            names if names.len() <= 2 => names.join(", "),
            [first, .., last] => format!("{first} ... {last}"),
            [one] => one.clone(),
        }
    }

    fn total(&self) -> usize {
        let processes: usize = self.processes.iter().map(|it| it.lanes + 1 + it.text + 2).sum();
        let servers: usize = self.servers.iter().map(|it| it.text + 2).sum();
        (self.time + 3 + processes + servers).saturating_sub(2)
    }

    /// Makes the widest columns narrower until all fit; whether they do.
    fn shrink(&mut self) -> bool {
        let (narrow, wide) = match self.mode {
            Mode::OneForAll => (0, if self.width < 80 { SHARED.1 } else { SHARED.0 }),
            _ => NARROW,
        };
        while self.total() > self.width {
            let process = self
                .processes
                .iter_mut()
                .filter(|it| it.text > narrow && self.mode != Mode::OneForAll)
                .max_by_key(|it| it.text);
            let server =
                self.servers.iter_mut().filter(|it| it.text > wide).max_by_key(|it| it.text);
            match (process, server) {
                (Some(process), Some(server)) if process.text * 3 > server.text * 2 => {
                    process.text -= 1;
                }
                (_, Some(server)) => server.text -= 1,
                (Some(process), None) => process.text -= 1,
                (None, None) => return false,
            }
        }
        true
    }

    /// Takes away columns of processes until the rest fits: first of those that never enter.
    fn hide(&mut self, rows: &[Row]) {
        let enters = |process: usize| {
            rows.iter().any(|row| {
                row.lives[process].iter().any(|life| life.inside || life.gone || life.paused)
            })
        };
        for only_idle in [true, false] {
            while self.total() > self.width && self.processes.len() > 1 {
                let place = self.processes.iter().rposition(|it| !only_idle || !enters(it.process));
                let Some(place) = place else { break };
                self.processes.remove(place);
                self.hidden += 1;
            }
        }
    }

    /// The texts of a row, each with the number of its column among all processes and then the servers.
    fn cells(&self, row: &Row) -> Vec<(usize, String)> {
        let processes = self.names.len();
        let process =
            row.process.as_ref().map(|(number, text)| (usize::from(*number), text.clone()));
        let server = row.server.as_ref().map(|(number, text)| (usize::from(*number), text));
        let server = server.map(|(number, text)| match self.mode {
            Mode::Apart => (processes + number, text.clone()),
            // What the ledger is asked looks like nothing else.
            _ if self.server_names.len() == 1 || (self.server_names.len() == 2 && number == 0) => {
                (processes, text.clone())
            }
            // What repeats may be about all of them.
            _ if row.repeats => (processes, text.clone()),
            _ => (processes, format!("{}: {text}", self.server_names[number])),
        });
        // As wide as they are shown.
        let shown = |(column, text): (usize, String)| (column, visible::line(&text).into_owned());
        if self.mode != Mode::OneForAll {
            return process.into_iter().chain(server).map(shown).collect();
        }
        let told = process.map(|(number, text)| format!("{} {text}", self.names[number]));
        let texts: Vec<String> = told.into_iter().chain(server.map(|(_, text)| text)).collect();
        vec![(processes, texts.join("; "))]
    }

    /// A time as the first column has it.
    pub(super) fn at(&self, at: Micros) -> String {
        milliseconds(at, self.fractions)
    }

    /// The texts of a row by shown column, wrapped.
    pub(super) fn texts(&self, row: &Row) -> Vec<(usize, Vec<String>)> {
        let all = self.names.len();
        self.cells(row)
            .into_iter()
            .filter_map(|(column, text)| {
                if column < all {
                    let place = self.processes.iter().position(|it| it.process == column)?;
                    return Some((place, wrap(&text, self.processes[place].text)));
                }
                let server = column - all;
                let place = self.processes.len() + server;
                Some((place, wrap(&text, self.servers[server].text)))
            })
            .collect()
    }
}

/// The time without its unit, which stands in the heading.
fn milliseconds(at: Micros, fractions: bool) -> String {
    let (ms, us) = (at.0.div_euclid(1000), at.0.rem_euclid(1000));
    if fractions { format!("{ms}.{us:03}") } else { ms.to_string() }
}

/// The text in lines of at most `width` characters, broken between words where that is possible. Keys and names of
/// others are in it: a line feed of theirs begins no line.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let text = &*visible::line(text);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    // What continues a line is set in, so that it is not taken for something new.
    let indent = if width > 20 { "  " } else { "" };
    for word in text.split(' ') {
        let length = line.chars().count();
        let fits = length + 1 + word.chars().count() <= width;
        if length > 0 && !fits {
            lines.push(std::mem::replace(&mut line, indent.to_owned()));
        }
        if !line.is_empty() && line != indent {
            line.push(' ');
        }
        for char in word.chars() {
            if line.chars().count() == width {
                lines.push(std::mem::replace(&mut line, indent.to_owned()));
            }
            line.push(char);
        }
    }
    lines.push(line);
    lines
}
