//! `math.random` and `math.randomseed` as Redis has them.

use lua_vm::state::LuaState;

use lua_types::error::LuaError;
use lua_types::value::LuaValue;

use super::super::exchange;
use super::super::native::{Native, count, error, give, number_arg, wrong_value};
use super::super::random::Rand48;

/// `math.random`.
pub(in super::super) fn random(state: &mut LuaState) -> Native {
    let unit = exchange::with(|exchange| exchange.random.unit());
    let number = match count(state) {
        0 => unit,
        1 => {
            let upper = int_arg(state, 1)?;
            if upper < 1 {
                return Err(wrong_value(state, 1, "interval is empty"));
            }
            (unit * f64::from(upper)).floor() + 1.0
        }
        2 => {
            let (lower, upper) = (int_arg(state, 1)?, int_arg(state, 2)?);
            if lower > upper {
                return Err(wrong_value(state, 2, "interval is empty"));
            }
            let width = upper.wrapping_sub(lower).wrapping_add(1);
            (unit * f64::from(width)).floor() + f64::from(lower)
        }
        _ => return Err(error(state, "wrong number of arguments")),
    };
    give(state, LuaValue::Float(number))
}

/// `math.randomseed`.
pub(in super::super) fn randomseed(state: &mut LuaState) -> Native {
    let seed = int_arg(state, 1)?;
    exchange::with(|exchange| exchange.random = Rand48::seeded(seed));
    Ok(0)
}

/// A C `int`: the number truncated, its low 32 bits.
fn int_arg(state: &mut LuaState, n: i32) -> Result<i32, LuaError> {
    Ok(number_arg(state, n)? as i64 as i32)
}
