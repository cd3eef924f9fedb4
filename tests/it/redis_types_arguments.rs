//! Every command of the collections takes any arguments: it answers or blocks, and never breaks.

use crate::redis_types_session::Session;

const COMMANDS: &str = "hset hmset hsetnx hincrby hincrbyfloat hget hmget hdel hexists hlen hstrlen hgetall \
    hkeys hvals hrandfield hscan lpush rpush lpushx rpushx lpop rpop lmpop llen lindex lrange lset linsert lrem \
    ltrim lpos lmove rpoplpush blpop brpop blmpop blmove brpoplpush sadd srem smove sismember smismember scard \
    smembers sscan sinter sinterstore sintercard sunion sunionstore sdiff sdiffstore spop srandmember zadd \
    zincrby zunion zunionstore zinter zinterstore zintercard zdiff zdiffstore zrem zcard zscore zmscore zrank \
    zrevrank zcount zlexcount zrandmember zscan zpopmin zpopmax zmpop bzpopmin bzpopmax bzmpop zrange \
    zrangebyscore zrangebylex zrevrange zrevrangebyscore zrevrangebylex zrangestore zremrangebyrank \
    zremrangebyscore zremrangebylex sort sort_ro setbit getbit bitcount bitpos bitop bitfield bitfield_ro";

/// Keys of all kinds, options of all commands, and numbers at the edges of all types.
const ARGUMENTS: &str = "h l s i z str none h l s i z a b c d f 0 1 2 3 -1 -2 10 64 100 1.5 -0 inf -inf +inf nan \
    (1 [a (b - + 1e400 1e-400 0x1p4 9223372036854775807 -9223372036854775808 -9223372036854775807 \
    4294967296 4294967295 18446744073709551616 99999999999999999999 '' '\\x00' '\\xff\\x00' * h* #1 \
    #9223372036854775807 left right before after limit count match withscores withvalues weights aggregate \
    sum min max byscore bylex rev nx xx gt lt ch incr rank maxlen by get store alpha asc desc and or xor not \
    get set incrby overflow sat wrap fail u8 i64 u63 i5 bit byte h_*->f w_*";

#[test]
fn any_arguments_are_answered() {
    let commands: Vec<&str> = COMMANDS.split_whitespace().collect();
    let arguments: Vec<&str> = ARGUMENTS.split_whitespace().collect();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |n: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 33) as usize % n
    };
    let (mut replies, mut errors) = (0, 0);
    for _ in 0..400 {
        let mut session = Session::default();
        for prepare in [
            "HSET h a 1 b 2.5 c x",
            "RPUSH l a b 3 a 1",
            "SADD s a b c",
            "SADD i 1 2 3 -5",
            "ZADD z 1 a 2 b 2 c inf d",
            "SETBIT str 13 1",
        ] {
            session.run(prepare);
        }
        for _ in 0..100 {
            let command = commands[below(commands.len())];
            let words: Vec<&str> =
                (0..below(9)).map(|_| arguments[below(arguments.len())]).collect();
            let reply = session.try_run(&format!("{command} {}", words.join(" ")));
            replies += usize::from(reply.is_some());
            errors += usize::from(reply.is_some_and(|reply| reply.starts_with('-')));
        }
    }
    // Most arguments are nonsense, but not all.
    assert!(replies > 30_000 && errors < replies * 9 / 10, "{errors} of {replies} are errors");
}
