//! What a script cannot do: change what others see, go on for ever, break the server, answer differently twice.

use crate::redis_script::{Strings, check, eval, eval_on};

#[test]
fn globals_can_neither_be_made_nor_missed() {
    check(&[
        (
            "return foo",
            "-ERR user_script:1: Script attempted to access nonexistent global variable 'foo'%1.",
        ),
        ("foo = 1", "-ERR user_script:1: Attempt to modify a readonly table%1."),
        ("function f() end", "-ERR user_script:1: Attempt to modify a readonly table%1."),
        ("_G.foo = 1", "-ERR user_script:1: Attempt to modify a readonly table%1."),
        ("return _G._G == _G", "1"),
    ]);
    for gone in ["os", "io", "print", "require", "dofile", "loadfile", "debug", "package", "module"]
    {
        let reply = eval(&format!("return {gone}"));
        assert!(reply.contains("nonexistent global"), "{gone}: {reply}");
    }
}

#[test]
fn nothing_of_a_script_reaches_the_next() {
    const READONLY: &str = "Attempt to modify a readonly table";
    for attempt in [
        "string.format = nil",
        "redis.call = function() return 1 end",
        "KEYS2 = KEYS",
        "rawset(_G, 'x', 1)",
        "rawset(string, 'x', 1)",
        "setmetatable(_G, {})",
        "setmetatable(_G, nil)",
        "table.insert(redis, 1)",
        "getmetatable('').__index = {}",
        "rawset(getmetatable(''), '__index', {})",
        "string.x = 1",
        "table.sort = nil",
        "math.random = nil",
        "cjson.null = 1",
    ] {
        let reply = eval(attempt);
        assert!(reply.contains(READONLY), "{attempt}: {reply}");
    }
    check(&[
        ("KEYS.mine = 1 ARGV[7] = 2 return 1", "1"),
        ("return {tostring(KEYS.mine), tostring(ARGV[7])}", "[\"nil\", \"nil\"]"),
        ("return ('x'):rep(3) .. type(string.format) .. #redis", "\"xxxfunction0\""),
        ("return getmetatable(_G) == nil", "1"),
        ("return rawget(_G, 'tostring') == tostring", "1"),
    ]);
}

#[test]
fn every_script_starts_alike() {
    let script = "return {tostring({}), math.random(1000000), tostring(tostring)}";
    let first = eval(script);
    eval("math.randomseed(99) local t = {} for i = 1, 100 do t[i] = tostring({}) end");
    assert_eq!(eval(script), first);
}

#[test]
fn a_script_that_goes_on_ends_with_our_error() {
    for endless in [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "local co = coroutine.wrap(function() while true do coroutine.yield(1) end end) while true do co() end",
        "return string.find(string.rep('a', 50), string.rep('a?', 50) .. string.rep('a', 50))",
        "load(math.random)",
        "while true do xpcall(function() while true do end end, function() end) end",
        "local co = coroutine.create(function() while true do end end) while true do coroutine.resume(co) end",
        "local s = ('x'):rep(1e6) while true do s:find('yy', 1, true) end",
        "local s = ('x'):rep(1e6) while true do redis.sha1hex(s) end",
        "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.insert(t, 1, 0) table.remove(t, 1) end",
        "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.sort(t) end",
    ] {
        let reply = eval(endless);
        assert!(
            reply.starts_with("-ERR lockstep: script exceeded its limit of"),
            "{endless}: {reply}"
        );
    }
}

#[test]
fn a_script_that_takes_too_much_ends_with_our_error() {
    for greedy in [
        "local s = 'x' while true do s = s .. s end",
        "return string.rep('x', 1e9)",
        "local t = {} while true do t[#t + 1] = {} end",
        "local s = ('x'):rep(1e6) local t = {} for i = 1, 1000 do t[i] = s end return table.concat(t)",
        "return ('x'):rep(1e5):gsub('x', ('y'):rep(1e5))",
        "local s = ('y'):rep(1e5) return ('x'):rep(1e5):gsub('x', function() return s end)",
        "local s = ('x'):rep(1e6) local t = {} for i = 1, 250 do t[i] = s end return ('%s'):rep(250):format(unpack(t))",
        "local s = ('x'):rep(1e6) local t = {} for i = 1, 1000 do t[i] = s end return cjson.encode(t)",
    ] {
        let reply = eval(greedy);
        assert_eq!(
            reply, "-ERR lockstep: script exceeded its limit of 192 MiB of memory",
            "{greedy}"
        );
    }
    // One that needs much, but not too much, runs to its end, and its commands run once.
    let mut host = Strings::default();
    let reply = eval_on(
        &mut host,
        "redis.call('set', 'a', '1') local s = ('x'):rep(170 * 1024 * 1024) redis.call('set', 'b', '2') return #s",
        &[],
        &[],
    );
    assert_eq!(reply, "178257920");
    assert_eq!(host.seen, ["set a 1", "set b 2"]);
}

#[test]
fn deep_recursion_is_an_error() {
    for deep in [
        "local function f() return 1 + f() end return f()",
        "local function f(s) return (s:gsub('.', f)) end return f('x')",
        "local t = setmetatable({}, {__index = function(t, k) return t[k] end}) return t.x",
        "local t = setmetatable({}, {__tostring = function(t) return tostring(t) end}) return tostring(t)",
        "local function f() table.sort({3, 2, 1}, function(a, b) f() return a < b end) end f()",
        "local function f() return coroutine.wrap(f)() end return f()",
        "local t = {} t[1] = t return t",
        "local t = {} for i = 1, 5000 do t = {t} end return t",
        "assert(loadstring('return ' .. ('('):rep(5000) .. '1' .. (')'):rep(5000)))",
        "assert(loadstring('return ' .. ('{'):rep(5000) .. ('}'):rep(5000)))",
        "assert(loadstring('return ' .. ('- '):rep(5000) .. '1'))",
        "assert(loadstring(('do '):rep(5000) .. ('end '):rep(5000)))",
        "cmsgpack.unpack(('\\145'):rep(5000))",
    ] {
        let reply = eval(deep);
        assert!(reply.starts_with("-ERR"), "{deep}: {reply}");
    }
    assert_eq!(eval("local function f() return pcall(f) end return f()"), "1");
    assert_eq!(eval("return 1"), "1", "the VM works on");
}

#[test]
fn what_could_not_be_repeated_is_refused() {
    for refused in [
        "local t = {} t[{}] = 1 t[{}] = 2 for k in pairs(t) do end",
        "collectgarbage('count')",
        "gcinfo()",
        "string.dump(function() end)",
        "cjson.encode_sparse_array(true)",
        "redis.setresp(3)",
        &format!("return '' {}", ".. 'x'".repeat(40)),
    ] {
        let reply = eval(refused);
        assert!(reply.contains("lockstep: "), "{refused}: {reply}");
    }
    assert_eq!(eval("return loadstring('\\27Lua')"), "nil", "compiled code is no text");
}

/// Functions of Lua 5.1 that Redis takes away, and the most values that `unpack` gives.
#[test]
fn what_redis_takes_away_is_not_there() {
    for name in ["newproxy", "setfenv", "getfenv", "print", "dofile"] {
        let reply = eval(&format!("return {name}"));
        assert!(reply.contains("access nonexistent global variable"), "{name}: {reply}");
    }
    assert_eq!(eval("return #{unpack({}, 1, 7997)}"), "0");
    assert!(eval("return #{unpack({}, 1, 7998)}").contains("too many results to unpack"));
    assert!(eval("rawset(_G, 'x', 1)").starts_with("-ERR Attempt to modify a readonly table"));
}

/// The order of `pairs`, the numbers of objects and all else is the same in another VM.
#[test]
fn another_thread_answers_alike() {
    let scripts = [
        "local r = {} for k in pairs({a=1,b=2,c=3,d=4,e=5,[1]=1,[2.5]=2,[true]=3}) do r[#r+1] = tostring(k) end return r",
        "local r = {} for k in pairs(_G) do r[#r+1] = k end return r",
        "local r = {} for k in pairs(redis) do r[#r+1] = k end return r",
        "return cjson.encode({x=1,y={z=2},w='v',long_name_of_a_field=1})",
        "return {tostring({}), tostring(print == nil), tostring(redis.call)}",
        "local t = {} for i = 1, 200 do t['k' .. i * 7] = i end local r = {} for k in pairs(t) do r[#r+1] = k end return r",
    ];
    let all = move || scripts.map(eval);
    let here = all();
    #[expect(clippy::disallowed_methods, reason = "a second VM, for comparison")]
    let there = std::thread::spawn(move || {
        eval("return ('something'):rep(100)");
        all()
    })
    .join()
    .expect("the thread ends");
    assert_eq!(here, there);
}
