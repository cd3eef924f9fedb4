//! The walk on the whole screen: lanes above, steps and the state below.

use std::io;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::{DefaultTerminal, Frame};

use super::super::failure::Failure;
use super::super::output::Output;
use super::branch::Ways;
use super::lines;
use super::paint;
use super::walk::Walk;

/// What is on the screen beside the run.
pub(super) struct Screen<'w> {
    pub(super) walk: &'w mut Walk,
    /// What the last line says: what came of the last key.
    pub(super) said: String,
    /// What is typed after this sign.
    pub(super) typing: Option<(char, String)>,
    /// What was searched last.
    sought: String,
    /// What could happen here, and which of it is chosen.
    pub(super) ways: Option<(Ways, usize)>,
    pub(super) help: bool,
    /// How far the state is scrolled down, in lines.
    pub(super) scroll: u16,
    /// Whether colours are wanted.
    pub(super) coloured: bool,
}

/// Walks on the screen until somebody ends it.
pub(super) fn walk(walk: &mut Walk, output: &mut Output<'_>) -> Result<(), Failure> {
    let broken = |error: io::Error| Failure::Wrong(format!("the screen cannot be used: {error}"));
    let coloured = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let mut terminal = ratatui::try_init().map_err(broken)?;
    let mut screen = Screen {
        walk,
        said: String::new(),
        typing: None,
        sought: String::new(),
        ways: None,
        help: false,
        scroll: 0,
        coloured,
    };
    let done = screen.run(&mut terminal, output);
    ratatui::restore();
    done.map_err(broken)
}

impl Screen<'_> {
    fn run(&mut self, terminal: &mut DefaultTerminal, output: &mut Output<'_>) -> io::Result<()> {
        loop {
            terminal.draw(|frame: &mut Frame<'_>| paint::all(self, frame))?;
            if let Event::Key(key) = event::read()?
                && key.kind != KeyEventKind::Release
                && !self.press(key, output)
            {
                return Ok(());
            }
        }
    }

    /// Does what a key says; whether the walk goes on.
    fn press(&mut self, key: KeyEvent, output: &mut Output<'_>) -> bool {
        if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') {
            return false;
        }
        if self.typing.is_some() {
            self.type_on(key.code, output);
            return true;
        }
        if self.ways.is_some() {
            self.choose(key.code);
            return true;
        }
        if std::mem::take(&mut self.help) {
            return true;
        }
        let before = self.walk.at;
        self.said.clear();
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return false,
            KeyCode::Char('j' | ' ') | KeyCode::Down | KeyCode::Right | KeyCode::Enter => {
                self.walk.go(1);
            }
            KeyCode::Char('k') | KeyCode::Up | KeyCode::Left => self.walk.go(-1),
            KeyCode::PageDown => self.walk.go(10),
            KeyCode::PageUp => self.walk.go(-10),
            KeyCode::Home => self.walk.go(i64::MIN / 4),
            KeyCode::End => self.walk.go(i64::MAX / 4),
            KeyCode::Char('v') => self.say(Walk::go_to_violation, "nothing is wrong here"),
            KeyCode::Char('n') => {
                let sought = self.sought.clone();
                self.say(|walk| walk.search(&sought), "no step has this text");
            }
            KeyCode::Char('J') => self.scroll = self.scroll.saturating_add(1),
            KeyCode::Char('K') => self.scroll = self.scroll.saturating_sub(1),
            KeyCode::Char('a') => self.look_around(),
            KeyCode::Char('r') => {
                self.walk.reset();
                "the run as it was in the beginning".clone_into(&mut self.said);
            }
            KeyCode::Char(sign @ ('/' | 'g' | 'l')) => self.typing = Some((sign, String::new())),
            KeyCode::Char('w') => self.typing = Some(('w', "mine.jsonl".to_owned())),
            KeyCode::Char('?' | 'h') => self.help = true,
            _ => {}
        }
        if self.walk.at != before {
            self.scroll = 0;
        }
        true
    }

    fn say(&mut self, go: impl FnOnce(&mut Walk) -> bool, otherwise: &str) {
        if !go(self.walk) {
            otherwise.clone_into(&mut self.said);
        }
    }

    fn look_around(&mut self) {
        let ways = self.walk.ways();
        if ways.all.len() < 2 {
            "nothing else could happen after this step".clone_into(&mut self.said);
            return;
        }
        let taken = ways.taken as usize;
        self.ways = Some((ways, taken));
    }

    fn choose(&mut self, key: KeyCode) {
        let Some((ways, at)) = &mut self.ways else { return };
        let last = ways.all.len() - 1;
        match key {
            KeyCode::Char('j') | KeyCode::Down => *at = (*at + 1).min(last),
            KeyCode::Char('k') | KeyCode::Up => *at = at.saturating_sub(1),
            KeyCode::PageDown => *at = (*at + 10).min(last),
            KeyCode::PageUp => *at = at.saturating_sub(10),
            KeyCode::Enter => {
                let number = *at;
                self.ways = None;
                if self.walk.pick(number) {
                    self.said = self.walk.subject.verdict().1;
                }
            }
            _ => self.ways = None,
        }
    }

    fn type_on(&mut self, key: KeyCode, output: &mut Output<'_>) {
        let Some((sign, text)) = &mut self.typing else { return };
        match key {
            KeyCode::Char(char) => text.push(char),
            KeyCode::Backspace => drop(text.pop()),
            KeyCode::Enter => {
                let (sign, text) = (*sign, std::mem::take(text));
                self.typing = None;
                self.typed(sign, &text, output);
            }
            KeyCode::Esc => self.typing = None,
            _ => {}
        }
    }

    fn typed(&mut self, sign: char, text: &str, output: &mut Output<'_>) {
        match sign {
            '/' => {
                text.clone_into(&mut self.sought);
                self.say(|walk| walk.search(text), "no step has this text");
            }
            'g' => self.say(|walk| walk.go_to(text), "that is no number of a step"),
            'l' => self.say(|walk| walk.go_to_next_of(text), "no step is of this client or server"),
            _ => self.said = lines::kept(self.walk, text, output).unwrap_or_else(|why| why),
        }
    }
}
