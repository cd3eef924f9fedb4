//! LCS: the longest common subsequence of two strings.

use super::super::super::ctx::Ctx;
use super::super::super::error::Error;
use super::super::super::reply::{Bytes, Reply};
use super::super::super::value::Value;
use super::super::parse::{integer, is_option};

/// The largest table (cells) that the model fills.
const MAX_CELLS: usize = 1 << 22;

pub(in super::super) fn lcs(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    // Both are looked up before either is judged.
    let (a, b) = (string(ctx, &argv[1]), string(ctx, &argv[2]));
    let (a, b) = (a?, b?);
    let (mut length_only, mut index, mut with_lengths, mut least) = (false, false, false, 0);
    let mut left = argv[3..].iter();
    while let Some(option) = left.next() {
        if is_option(option, "idx") {
            index = true;
        } else if is_option(option, "len") {
            length_only = true;
        } else if is_option(option, "withmatchlen") {
            with_lengths = true;
        } else if let (true, Some(value)) = (is_option(option, "minmatchlen"), left.next()) {
            least = integer(value)?.max(0);
        } else {
            return Err(Error::SYNTAX);
        }
    }
    if length_only && index {
        return Err(Error::fixed(
            "ERR If you want both the length and indexes, please just use IDX.",
        ));
    }
    let cells = (a.len() + 1).saturating_mul(b.len() + 1);
    if cells > MAX_CELLS {
        return Err(Error::not_modelled("LCS of strings that long"));
    }
    let table = Table::fill(&a, &b);
    let length = table.at(a.len(), b.len());
    if length_only {
        return Ok(Reply::Int(i64::from(length)));
    }
    let (common, runs) = table.walk(&a, &b);
    if !index {
        return Ok(Reply::bulk(common));
    }
    let runs = runs.into_iter().filter(|run| run.length as i64 >= least);
    let matches = runs.map(|run| {
        let range = |start: usize| Reply::array([start.into(), (start + run.length - 1).into()]);
        let mut parts = vec![range(run.a), range(run.b)];
        parts.extend(with_lengths.then(|| run.length.into()));
        Reply::array(parts)
    });
    Ok(Reply::array([
        Reply::bulk("matches"),
        Reply::Array(matches.collect()),
        Reply::bulk("len"),
        Reply::Int(i64::from(length)),
    ]))
}

fn string(ctx: &mut Ctx<'_>, key: &Bytes) -> Result<Bytes, Error> {
    const NOT_STRINGS: Error = Error::fixed("ERR The specified keys must contain string values");
    match ctx.read(key) {
        None => Ok(Bytes::default()),
        Some(Value::String(text)) => Ok(text.bytes().clone()),
        Some(_) => Err(NOT_STRINGS),
    }
}

/// The lengths for all pairs of beginnings.
struct Table {
    width: usize,
    lengths: Vec<u32>,
}

/// A stretch that both strings have, by where it begins.
struct Run {
    a: usize,
    b: usize,
    length: usize,
}

impl Table {
    fn fill(a: &[u8], b: &[u8]) -> Self {
        let width = b.len() + 1;
        let mut table = Self { width, lengths: vec![0; (a.len() + 1) * width] };
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                table.lengths[(i + 1) * width + j + 1] = if x == y {
                    table.at(i, j) + 1
                } else {
                    table.at(i, j + 1).max(table.at(i + 1, j))
                };
            }
        }
        table
    }

    fn at(&self, i: usize, j: usize) -> u32 {
        self.lengths[i * self.width + j]
    }

    /// Walks back from the end: the subsequence, and its runs from last to first.
    fn walk(&self, a: &[u8], b: &[u8]) -> (Vec<u8>, Vec<Run>) {
        let (mut i, mut j) = (a.len(), b.len());
        let mut common = Vec::new();
        let mut runs: Vec<Run> = Vec::new();
        while i > 0 && j > 0 {
            if a[i - 1] == b[j - 1] {
                (i, j) = (i - 1, j - 1);
                common.push(a[i]);
                match runs.last_mut() {
                    Some(run) if run.a == i + 1 && run.b == j + 1 => {
                        *run = Run { a: i, b: j, length: run.length + 1 };
                    }
                    _ => runs.push(Run { a: i, b: j, length: 1 }),
                }
            } else if self.at(i - 1, j) > self.at(i, j - 1) {
                i -= 1;
            } else {
                j -= 1;
            }
        }
        common.reverse();
        (common, runs)
    }
}
