//! `SORT` and `SORT_RO`: <https://redis.io/docs/latest/commands/sort/>.

use std::cmp::Ordering;

use super::Command;
use super::parse::integer;
use super::partial_sort::partial_sort;
use crate::store::redis::ctx::{Ctx, Inside};
use crate::store::redis::error::Error;
use crate::store::redis::number::read_sort_key;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{End, Hash, List, Value, ZSet};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("sort", -2, sort).grows(1, 1, 1),
    Command::new("sort_ro", -2, sort_ro).reads(1, 1, 1),
];

/// `SORT key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC|DESC] [ALPHA] [STORE destination]`
fn sort(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    run(ctx, &argv[1], Options::read(&argv[2..], true)?)
}

/// `SORT_RO key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC|DESC] [ALPHA]`
fn sort_ro(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    run(ctx, &argv[1], Options::read(&argv[2..], false)?)
}

#[derive(Default)]
struct Options {
    descending: bool,
    alpha: bool,
    limit: Option<(i64, i64)>,
    by: Option<Bytes>,
    /// `BY` with a pattern that names no element (`BY nosort`): the order stays as it is.
    as_it_is: bool,
    get: Vec<Bytes>,
    store: Option<Bytes>,
}

impl Options {
    fn read(mut options: &[Bytes], stores: bool) -> Result<Self, Error> {
        let mut read = Self::default();
        while let [option, rest @ ..] = options {
            options = match (option.to_ascii_lowercase().as_slice(), rest) {
                (b"asc", _) => {
                    read.descending = false;
                    rest
                }
                (b"desc", _) => {
                    read.descending = true;
                    rest
                }
                (b"alpha", _) => {
                    read.alpha = true;
                    rest
                }
                (b"limit", [start, count, rest @ ..]) => {
                    read.limit = Some((integer(start)?, integer(count)?));
                    rest
                }
                (b"store", [destination, rest @ ..]) if stores => {
                    read.store = Some(destination.clone());
                    rest
                }
                (b"by", [pattern, rest @ ..]) => {
                    read.as_it_is |= substitution(pattern).is_none();
                    read.by = Some(pattern.clone());
                    rest
                }
                (b"get", [pattern, rest @ ..]) => {
                    read.get.push(pattern.clone());
                    rest
                }
                _ => return Err(Error::SYNTAX),
            };
        }
        Ok(read)
    }
}

/// What is sorted.
struct Source {
    elements: Vec<Bytes>,
    /// The elements have no order of their own.
    is_set: bool,
}

fn run(ctx: &mut Ctx<'_>, key: &Bytes, mut options: Options) -> Result<Reply, Error> {
    // A server sorts sorted sets of one representation only, and leaves them in it.
    if ctx
        .peek_as::<ZSet>(key)
        .is_ok_and(|zset| zset.is_some_and(|zset| zset.encoding() == "listpack"))
        && let Some(zset) = ctx.write_as::<ZSet>(key)?
    {
        zset.make_skiplist();
    }
    let source = match ctx.read(key) {
        None => Source { elements: Vec::new(), is_set: false },
        Some(Value::List(list)) => {
            Source { elements: list.iter().cloned().collect(), is_set: false }
        }
        Some(Value::Set(set)) => Source { elements: set.iter().collect(), is_set: true },
        Some(Value::ZSet(zset)) if options.as_it_is => {
            let members = zset.entries().iter().map(|entry| entry.member.clone());
            Source { elements: members.collect(), is_set: false }
        }
        Some(Value::ZSet(zset)) => Source { elements: zset.members_unordered(), is_set: false },
        Some(_) => return Err(Error::WRONG_TYPE),
    };
    let is_kept = options.store.is_some() || ctx.inside == Inside::Script;
    if options.as_it_is && source.is_set && is_kept {
        // The order of a set is nobody's: what is stored or seen by a script is sorted all the same.
        (options.as_it_is, options.alpha, options.by) = (false, true, None);
    }
    let mut elements = source.elements;
    if options.as_it_is {
        if options.descending && !source.is_set {
            elements.reverse();
        }
    } else {
        elements = in_order(ctx, elements, &options)?;
    }
    let range = limits(options.limit, elements.len());
    let chosen = &elements[range];
    let mut output = Vec::with_capacity(chosen.len());
    for element in chosen {
        if options.get.is_empty() {
            output.push(Some(element.clone()));
        }
        for pattern in &options.get {
            output.push(look_up(ctx, pattern, element));
        }
    }
    let Some(destination) = options.store else {
        return Ok(Reply::array(output.into_iter().map(Reply::from).collect::<Vec<_>>()));
    };
    let mut list = List::default();
    for element in output {
        list.push(End::Right, element.unwrap_or_default());
    }
    let length = list.len();
    ctx.store(&destination, list, "sortstore");
    Ok(length.into())
}

/// The positions that `LIMIT start count` selects of `length`.
fn limits(limit: Option<(i64, i64)>, length: usize) -> std::ops::Range<usize> {
    let Some((start, count)) = limit else { return 0..length };
    let start = usize::try_from(start).unwrap_or(0).min(length);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    start..start.saturating_add(count).min(length)
}

/// What an element is compared by.
enum Weight {
    Number(f64),
    Text(Option<Bytes>),
}

fn in_order(
    ctx: &mut Ctx<'_>,
    elements: Vec<Bytes>,
    options: &Options,
) -> Result<Vec<Bytes>, Error> {
    const NOT_NUMBERS: Error =
        Error::fixed("ERR One or more scores can't be converted into double");
    let mut all_numbers = true;
    let mut weighted = Vec::with_capacity(elements.len());
    for element in elements {
        let text = match &options.by {
            Some(pattern) => look_up(ctx, pattern, &element),
            None => Some(element.clone()),
        };
        let weight = if options.alpha {
            Weight::Text(text)
        } else {
            let number = text.map_or(Some(0.0), |text| read_sort_key(&text));
            all_numbers &= number.is_some();
            Weight::Number(number.unwrap_or(0.0))
        };
        weighted.push((weight, element));
    }
    if !all_numbers {
        return Err(NOT_NUMBERS);
    }
    // What is stored is compared byte by byte, a reply by the C library, to which a zero byte is an end.
    let compare_texts = |one: &Bytes, other: &Bytes| {
        if options.store.is_some() { one.cmp(other) } else { c_string(one).cmp(c_string(other)) }
    };
    let compare = |(one, one_element): &(Weight, Bytes),
                   (other, other_element): &(Weight, Bytes)| {
        let order = match (one, other) {
            (Weight::Number(one), Weight::Number(other)) => one
                .partial_cmp(other)
                .unwrap_or(Ordering::Equal)
                .then_with(|| one_element.cmp(other_element)),
            (Weight::Text(Some(one)), Weight::Text(Some(other))) => compare_texts(one, other),
            (Weight::Text(one), Weight::Text(other)) => one.is_some().cmp(&other.is_some()),
            // All weights are of one kind.
            _ => Ordering::Equal,
        };
        if options.descending { order.reverse() } else { order }
    };
    let wanted = limits(options.limit, weighted.len());
    if options.by.is_some() && wanted != (0..weighted.len()) {
        partial_sort(&mut weighted, &wanted, &compare);
    } else {
        weighted.sort_by(compare);
    }
    Ok(weighted.into_iter().map(|(_, element)| element).collect())
}

/// The value that `pattern` names for `element`: `#` is the element itself, `weight_*` a string, `data_*->f`
/// the field of a hash.
fn look_up(ctx: &mut Ctx<'_>, pattern: &Bytes, element: &Bytes) -> Option<Bytes> {
    if c_string(pattern) == b"#" {
        return Some(element.clone());
    }
    let star = substitution(pattern)?;
    let (before, after) = (&pattern[..star], &pattern[star + 1..]);
    let arrow = c_string(after).windows(2).position(|pair| pair == b"->");
    let field = arrow.map(|at| &after[at + 2..]).filter(|field| !c_string(field).is_empty());
    let after = if field.is_some() { &after[..arrow.unwrap_or(0)] } else { after };
    let key = Bytes::from([before, element, after].concat());
    match (ctx.read(&key)?, field) {
        (Value::String(text), None) => Some(text.bytes().clone()),
        (Value::Hash(hash), Some(field)) => hash_field(hash, field),
        _ => None,
    }
}

fn hash_field(hash: &Hash, field: &[u8]) -> Option<Bytes> {
    hash.get(&Bytes::from(field)).cloned()
}

/// Where the star of a pattern stands.
fn substitution(pattern: &[u8]) -> Option<usize> {
    c_string(pattern).iter().position(|byte| *byte == b'*')
}

/// The text up to its first zero byte.
fn c_string(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == 0).next().unwrap_or_default()
}
