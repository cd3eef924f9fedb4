//! Scripts: what EVAL runs.
//!
//! A script sees the server through [`Host`]; [`Script::eval`] runs it with `KEYS` and `ARGV` and gives its
//! reply. The reply is a function of (script, keys, arguments, what the host answered) and nothing else.
//!
//! The language is Lua 5.1 with the globals of Redis 7.0.15. Where it differs from a real server:
//!
//! | What | Here |
//! |---|---|
//! | The order of `pairs`, `next` and of fields in `cjson.encode` for keys that are not 1, 2, 3, .. | the VM's, the same on every machine, but not that of C Lua |
//! | Tables with several keys of which one is a table or a function | walking them is an error |
//! | Endless scripts (a real server answers BUSY to others) | an error after 20 million instructions |
//! | Memory | an error after 192 MiB, where everything counts that was ever allocated, and for more than 32 operands in one chain of `..` |
//! | Long scripts | an error for more than 10,000 of the words `elseif`, `and`, `or` and `break` |
//! | Data | a write is refused that could fill the store with more than 128 MiB |
//! | Stack overflow, a reply of more than 1000 levels | errors, at another depth than in C |
//! | `tostring` of tables and functions | numbers in the order of asking, no addresses |
//! | `redis.setresp(3)`, `redis.set_repl` but for `REPL_ALL`, the settings of `cjson`, `getfenv`, `setfenv`, `newproxy`, `string.dump`, `gcinfo`, `collectgarbage('count')` | an error that says so |
//! | What a script changes in the metatable of strings | an error (a real server keeps it for the next script) |
//! | NaN joined to a string by `..` | `nan`; `tostring` gives `-nan` as on x86 |
//! | `^` and functions as `math.sin` | the last digit is the platform's |

mod convert;
mod engine;
mod exchange;
mod host;
pub(crate) mod language;
mod library;
mod limits;
mod native;
mod number;
mod order;
mod random;
mod run;
mod sandbox;
mod source;

pub use host::{Host, LogLevel};
pub use random::Rand48;
pub use source::{Flags, Script};
