//! A node's stat, as `zkCli` prints it.

use std::fmt::Write;

use crate::store::zookeeper::Stat;

/// The block of eleven lines.
pub(super) fn block(stat: &Stat) -> String {
    let mut out = String::new();
    let owner = stat.ephemeral_owner().map_or(0, |session| session.0);
    let rows: [(&str, String); 11] = [
        ("cZxid", format!("{:#x}", stat.czxid().0)),
        ("ctime", date(stat.ctime_ms())),
        ("mZxid", format!("{:#x}", stat.mzxid().0)),
        ("mtime", date(stat.mtime_ms())),
        ("pZxid", format!("{:#x}", stat.pzxid().0)),
        ("cversion", stat.cversion().to_string()),
        ("dataVersion", stat.version().to_string()),
        ("aclVersion", stat.aversion().to_string()),
        ("ephemeralOwner", format!("{owner:#x}")),
        ("dataLength", stat.data_length().to_string()),
        ("numChildren", stat.num_children().to_string()),
    ];
    for (name, value) in rows {
        let _ = writeln!(out, "{name} = {value}");
    }
    out
}

/// Milliseconds (ms) since 1970 as Java prints a date: `Tue Nov 14 22:13:20 UTC 2023`.
fn date(ms: i64) -> String {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let seconds = ms.div_euclid(1000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let weekday = WEEKDAYS[days.rem_euclid(7) as usize];
    let mut year = 1970;
    let mut left = days;
    // 400 years have 146,097 days.
    year += 400 * left.div_euclid(146_097);
    left = left.rem_euclid(146_097);
    while left >= length(year) {
        left -= length(year);
        year += 1;
    }
    let mut month = 0;
    while left >= month_length(year, month) {
        left -= month_length(year, month);
        month += 1;
    }
    let (hour, minute) = (second / 3600, second / 60 % 60);
    let month = MONTHS[month];
    format!("{weekday} {month} {:02} {hour:02}:{minute:02}:{:02} UTC {year}", left + 1, second % 60)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn length(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

fn month_length(year: i64, month: usize) -> i64 {
    match month {
        1 if is_leap(year) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}
