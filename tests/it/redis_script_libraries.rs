//! The libraries of scripts: `cjson`, `cmsgpack`, `struct`, `bit`, and Redis' own `math.random`.

use crate::redis_script::check;

#[test]
fn json_is_written() {
    check(&[
        ("return cjson.encode({1,2,{a=1}})", r#""[1,2,{\"a\":1}]""#),
        ("return cjson.encode({})", r#""{}""#),
        ("return cjson.encode({[1]=1,[3]=3})", r#""[1,null,3]""#),
        ("return cjson.encode('a/b\"\\n\\1')", r#""\"a\\/b\\\"\\n\\u0001\"""#),
        (
            "return cjson.encode({1.5, 1e15, 0.1, cjson.null, true})",
            r#""[1.5,1e+15,0.1,null,true]""#,
        ),
        ("return cjson.encode({[5.5]='x'})", r#""{\"5.5\":\"x\"}""#),
        (
            "cjson.encode({[1]=1,[50]=1})",
            "-ERR user_script:1: Cannot serialise table: excessively sparse array%1.",
        ),
        (
            "cjson.encode(0/0)",
            "-ERR user_script:1: Cannot serialise number: must not be NaN or Inf%1.",
        ),
        (
            "cjson.encode({[true]=1})",
            "-ERR user_script:1: Cannot serialise boolean: table key must be a number or string%1.",
        ),
        (
            "cjson.encode(cjson.encode)",
            "-ERR user_script:1: Cannot serialise function: type not supported%1.",
        ),
        (
            "local t = {} t[1] = t cjson.encode(t)",
            "-ERR user_script:1: Cannot serialise, excessive nesting (1001)%1.",
        ),
    ]);
}

#[test]
fn json_is_read() {
    check(&[
        ("return cjson.decode('[1, 2.5, \"x\", [true]]')", r#"[1, 2, "x", [1]]"#),
        ("return cjson.decode('{\"a\": {\"b\": 7}}').a.b", "7"),
        ("return cjson.decode('\"\\\\u00e9\\\\ud83d\\\\ude00\"')", r#""\xc3\xa9\xf0\x9f\x98\x80""#),
        ("return cjson.decode('[null]')[1] == cjson.null", "1"),
        ("return tostring(cjson.decode('-Infinity'))", "\"-inf\""),
        ("return cjson.decode('nan')", "-9223372036854775808"),
        ("return cjson.decode('[0x10,+5]')", "[16, 5]"),
        ("return tostring(cjson.null)", "\"userdata: (nil)\""),
        (
            "cjson.decode('')",
            "-ERR user_script:1: Expected value but found T_END at character 1%1.",
        ),
        (
            "cjson.decode('{\"a\":}')",
            "-ERR user_script:1: Expected value but found T_OBJ_END at character 6%1.",
        ),
        (
            "cjson.decode('[1,]')",
            "-ERR user_script:1: Expected value but found T_ARR_END at character 4%1.",
        ),
        (
            "cjson.decode('[1] x')",
            "-ERR user_script:1: Expected the end but found invalid token at character 5%1.",
        ),
        (
            "cjson.decode('\"x')",
            "-ERR user_script:1: Expected value but found unexpected end of string at character 3%1.",
        ),
        (
            "cjson.decode(('['):rep(1001))",
            "-ERR user_script:1: Found too many nested data structures (1001) at character 1001%1.",
        ),
    ]);
}

#[test]
fn message_pack_goes_there_and_back() {
    check(&[
        (
            "return cmsgpack.pack({1,2}, 'ab', -1, nil, true)",
            r#""\x93\x01\x02\xa2ab\xff\xc0\xc3""#.replace("\\x93", "\\x92").as_str(),
        ),
        (
            "return cmsgpack.pack(200, 70000, -200, 2^40, 1.5, 0.1)",
            r#""\xcc\xc8\xce\x00\x01\x11p\xd1\xff8\xcf\x00\x00\x01\x00\x00\x00\x00\x00\xca?\xc0\x00\x00\xcb?\xb9\x99\x99\x99\x99\x99\x9a""#,
        ),
        ("return cmsgpack.unpack(cmsgpack.pack({a={1,2}})).a", "[1, 2]"),
        (
            "return {cmsgpack.unpack(cmsgpack.pack(-2^40, 2^40, -33, 'x'))}",
            r#"[-1099511627776, 1099511627776, -33, "x"]"#,
        ),
        ("return {cmsgpack.unpack_limit(cmsgpack.pack(1,2,3), 2)}", "[2, 1, 2]"),
        ("return {cmsgpack.unpack_one(cmsgpack.pack(7))}", "[-1, 7]"),
        ("cmsgpack.unpack('\\165ab')", "-ERR user_script:1: Missing bytes in input.%1."),
        ("cmsgpack.unpack('\\193')", "-ERR user_script:1: Bad data format in input.%1."),
    ]);
}

#[test]
fn structs_go_there_and_back() {
    check(&[
        ("return struct.pack('>I2<i4', 258, -2)", r#""\x01\x02\xfe\xff\xff\xff""#),
        (
            "return {struct.unpack('Bc0I', struct.pack('Bc0I', 5, 'hello', 258))}",
            r#"["hello", 258, 11]"#,
        ),
        (
            "return {struct.unpack('>i2 !4 b i d s', struct.pack('>i2 !4 b i d s', -2, -4, -5, 1.5, 'abc'))}",
            r#"[-2, -4, -5, 1, "abc", 21]"#,
        ),
        ("return struct.size('!8 b l h')", "18"),
        ("return struct.size('z')", "0"),
        (
            "struct.pack('I2I2', 1)",
            "-ERR user_script:1: bad argument #3 to 'pack' (number expected, got nil)%1.",
        ),
        (
            "struct.unpack('i', 'ab')",
            "-ERR user_script:1: bad argument #2 to 'unpack' (data string too short)%1.",
        ),
        (
            "struct.size('s')",
            "-ERR user_script:1: bad argument #1 to 'size' (option 's' has no fixed size)%1.",
        ),
    ]);
}

#[test]
fn text_is_replaced() {
    check(&[
        ("return {('hello world'):gsub('o', '0')}", r#"["hell0 w0rld", 2]"#),
        ("return {('abc'):gsub('%w', '%0%0')}", r#"["aabbcc", 3]"#),
        ("return {('abc'):gsub('', '-')}", r#"["-a-b-c-", 4]"#),
        ("return {('abc d'):gsub(' *', '-')}", r#"["-a-b-c--d-", 6]"#),
        ("return {('hello'):gsub('l', {l='L'}, 1)}", r#"["heLlo", 1]"#),
        ("return {('k=v x=y'):gsub('(%w)=(%w)', '%2=%1')}", r#"["v=k y=x", 2]"#),
        ("return {('abc'):gsub('^a', 'x')}", r#"["xbc", 1]"#),
        ("return {('aaa'):gsub('^a', 'x')}", r#"["xaa", 1]"#),
        ("return {('abc'):gsub('b', function() return false end)}", r#"["abc", 1]"#),
        ("return {('abc'):gsub('()', '%1')}", r#"["1a2b3c4", 4]"#),
        ("return {('THE (quick) fox'):gsub('%((%w+)%)', '<%1>')}", r#"["THE <quick> fox", 1]"#),
        ("('abc'):gsub('b', '%2')", "-ERR user_script:1: invalid capture index%1."),
        (
            "('abc'):gsub('b', function() return {} end)",
            "-ERR user_script:1: invalid replacement value (a table)%1.",
        ),
        (
            "('abc'):gsub('b')",
            "-ERR user_script:1: bad argument #2 to 'gsub' (string/function/table expected)%1.",
        ),
        ("return table.concat({1, 'a', 2.5}, ', ')", r#""1, a, 2.5""#),
        (
            "table.concat({1, {}, 2})",
            "-ERR user_script:1: invalid value (table) at index 2 in table for 'concat'%1.",
        ),
        (
            "return string.format('%5.2f|%s|%d|%x|%q', 1/3, 'a', 3.7, 255, 'b\"')",
            r#"" 0.33|a|3|ff|\"b\\\"\"""#,
        ),
        (
            "string.format('%s', {})",
            "-ERR user_script:1: bad argument #2 to 'format' (string expected, got table)%1.",
        ),
    ]);
}

#[test]
fn bits_are_thirty_two() {
    check(&[
        ("return bit.band(0xff00ff00, 0x0ff0)", "3840"),
        ("return bit.bnot(0)", "-1"),
        ("return bit.tohex(-1)", "\"ffffffff\""),
        ("return bit.tohex(0x1234abcd, -4)", "\"ABCD\""),
        ("return bit.lshift(1, 31)", "-2147483648"),
        ("return bit.rshift(-1, 28)", "15"),
        ("return bit.arshift(-16, 2)", "-4"),
        ("return bit.rol(0x12345678, 8) == 0x34567812", "1"),
        ("return bit.bswap(0x12345678)", "2018915346"),
        ("return bit.tobit(0xffffffff + 1 + 5)", "5"),
        ("return bit.tobit(1e30)", "966823194"),
    ]);
}

/// The generator of a server begins alike and goes on from script to script (fact A2 of the second round).
#[test]
fn random_numbers_go_on_from_script_to_script() {
    let draw = "EVAL \"return tostring(math.random())\" 0\n";
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let ran = crate::cli::lockstep_at(here, &["redis"], draw.repeat(3).as_bytes(), None);
    let drawn: Vec<&str> = ran.out.lines().collect();
    assert_eq!(drawn, ["\"0.39646477363839\"", "\"0.84048536971234\"", "\"0.35333609737146\""]);
}

/// What a real server answers (facts A1 and A5 of the second round).
#[test]
fn numbers_are_cut_off_where_whole_ones_are_meant() {
    check(&[
        ("return string.sub('abcdef', 1, #'abcdef' / 4)", "\"a\""),
        ("return string.rep('x', 7 / 2)", "\"xxx\""),
        ("return string.char(65.7)", "\"A\""),
        ("return string.byte('abc', 1.5)", "97"),
        ("return string.find('aaaa', 'a', 1.5)", "1"),
        ("return select(1.9, 'a', 'b')", "\"a\""),
        ("return math.ldexp(1, 2.5)", "4"),
        ("return {string.gsub('aaaa', 'a', 'b', 1.5)}", "[\"baaa\", 1]"),
        ("return tostring(tonumber('inf'))", "\"inf\""),
        ("return tonumber(10, 16)", "16"),
        ("return tostring(tonumber('-ff', 16))", "\"1.844674407371e+19\""),
    ]);
}

#[test]
fn random_numbers_are_those_of_redis() {
    // What Redis 7.0.15 answers to this seed.
    check(&[
        (
            "math.randomseed(42) return {math.random(1000), math.random(1000), math.random(1000)}",
            "[745, 343, 112]",
        ),
        ("return math.random(1000000) == math.random(1000000)", "nil"),
        (
            "math.randomseed(0) local a = math.random() math.randomseed(0) return a == math.random()",
            "1",
        ),
        (
            "math.random(0)",
            "-ERR user_script:1: bad argument #1 to 'random' (interval is empty)%1.",
        ),
    ]);
}

/// A script with a shebang line that does not say `no-writes` is one that writes (fact "shebang flags" of the second round).
#[test]
fn a_shebang_line_without_no_writes_may_write() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let input = "EVAL_RO \"#!lua\\nreturn 1\" 0\nEVAL_RO \"#!lua flags=no-writes\\nreturn 1\" 0\nEVAL_RO \"return 1\" 0\n\
                 SET a b\nCONFIG SET maxmemory 1\nEVAL \"#!lua\\nreturn 1\" 0\nEVAL \"#!lua flags=allow-oom\\nreturn 1\" 0\n";
    let ran = crate::cli::lockstep_at(here, &["redis"], input.as_bytes(), None);
    let answers: Vec<&str> = ran.out.lines().collect();
    let refused = "(error) ERR Can not execute a script with write flag using *_ro command.";
    let full = "(error) OOM command not allowed when used memory > 'maxmemory'.";
    let one = "(integer) 1";
    assert_eq!(answers, [refused, one, one, "OK", "OK", full, one]);
}
