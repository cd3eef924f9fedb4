//! How much memory the program may take: what the machine has, and what is asked for.

use std::fmt;
use std::fs;
use std::str::FromStr;

/// A number of bytes that is written as a number with a unit: `500MB`, `2GB`, `1.5GiB`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Size(pub(super) u64);

/// The units, in any case, each with its length in bytes.
const UNITS: [(&str, u64); 10] = [
    ("b", 1),
    ("kb", 1000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("k", 1000),
    ("m", 1_000_000),
    ("g", 1_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
];

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let end = text.find(|char: char| !char.is_ascii_digit() && char != '.');
        let (number, unit) = text.split_at(end.unwrap_or(text.len()));
        let unit = unit.trim_start().to_lowercase();
        let bad = || format!("\"{text}\" is no size: a number with KB, MB or GB, as in \"500MB\"");
        let length = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(bad)?.1;
        let number: f64 = number.parse().map_err(|_| bad())?;
        let bytes = number * length as f64;
        if !(1.0..=1e18).contains(&bytes) {
            return Err(bad());
        }
        Ok(Self(bytes as u64))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, length): &&(&str, u64)| self.0.is_multiple_of(*length);
        let (unit, length) = UNITS[1..4].iter().rev().find(fits).unwrap_or(&UNITS[0]);
        write!(f, "{}{}", self.0 / length, unit.to_uppercase())
    }
}

/// What is said of a machine that does not tell: 4 GB.
const UNTOLD: u64 = 4_000_000_000;

/// Three quarters of the memory (bytes) that the machine, or the group that this process is in, has free.
pub(super) fn free() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
    });
    let number = |path: &str| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let group = number("/sys/fs/cgroup/memory.max")
        .map(|most| most.saturating_sub(number("/sys/fs/cgroup/memory.current").unwrap_or(0)));
    let address_space = fs::read_to_string("/proc/self/limits").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("Max address space"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    });
    let least = [machine, group, address_space].into_iter().flatten().min();
    least.map_or(UNTOLD, |bytes| bytes / 4 * 3)
}

/// How much memory (bytes) this process has now; 0 where the system does not tell.
pub(super) fn used() -> u64 {
    // Of Linux: the second number is what is resident, in pages.
    const PAGE: u64 = 4096;
    let text = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0).saturating_mul(PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written() {
        for (text, bytes, written) in [
            ("500MB", 500_000_000, "500MB"),
            ("2g", 2_000_000_000, "2GB"),
            ("1.5 GB", 1_500_000_000, "1500MB"),
            ("1MiB", 1 << 20, "1048576B"),
        ] {
            let size: Size = text.parse().unwrap();
            assert_eq!((size.0, &*size.to_string()), (bytes, written), "{text}");
        }
        for text in ["", "5", "MB", "-5MB", "5 apples", "0MB", "1e9GB", "999999999999GB", "..MB"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
