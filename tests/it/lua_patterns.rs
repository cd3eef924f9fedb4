//! Patterns of Lua 5.1 in scripts, and that none of them is too much.

use lockstep::shell::{RedisShell, Shell};

/// What a script gives, as the shell shows it on one line.
fn eval(script: &str) -> String {
    let quoted = script.replace('\\', "\\\\").replace('"', "\\\"");
    let said = RedisShell::new().enter(&format!("EVAL \"{quoted}\" 0"));
    said.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The values as text with bars between them.
fn all(expression: &str) -> String {
    let script = format!(
        "local t = {{{expression}}} for i = 1, #t do t[i] = tostring(t[i]) end return table.concat(t, '|')"
    );
    eval(&script).trim_matches('"').to_owned()
}

#[test]
fn patterns_are_those_of_lua() {
    for (expression, values) in [
        ("string.find('hello', 'l')", "3|3"),
        ("string.find('hello', 'l+')", "3|4"),
        ("string.find('hello', '(l)(l)')", "3|4|l|l"),
        ("string.find('hello', '')", "1|0"),
        ("string.find('hello', '', 10)", "6|5"),
        ("string.find('hello', 'l', -2)", "4|4"),
        ("string.find('a.b', '.', 2, true)", "2|2"),
        ("string.find('a+b', '+', 1, true)", "2|2"),
        ("string.match('key=value', '(%w+)=(%w+)')", "key|value"),
        ("string.match('  trim  ', '^%s*(.-)%s*$')", "trim"),
        ("string.match('2026-12-01', '(%d+)-(%d+)-(%d+)')", "2026|12|01"),
        ("string.match('hello', '()ll()')", "3|5"),
        ("string.match('f(a(b)c)d', '%b()')", "(a(b)c)"),
        ("string.match('THE (quick) fox', '%f[%a]%a+', 6)", "quick"),
        ("string.match('\"it\\'s\"', '([\"\\'])(.-)%1')", "\\\"|it's"),
        ("string.match('aXb', '%u')", "X"),
        ("string.match('abc', '[^a]+')", "bc"),
        ("string.match('a]b', '[]]')", "]"),
        ("string.match('a-b', '[a%-]+')", "a-"),
        ("string.match('x^y', '[%^x]+')", "x^"),
        ("string.match('aaa', 'a-b')", ""),
        ("string.match('aaab', 'a-b')", "aaab"),
        ("string.match('abc', 'a?b?c?d?')", "abc"),
        ("string.match('$5', '%$%d')", "$5"),
        ("string.match('a$', 'a$')", ""),
        ("string.match('a$b', 'a$b')", "a$b"),
        ("string.gsub('hello world', '(o)', '<%1>')", "hell<o> w<o>rld|2"),
        ("string.gsub('abc', '%w', '%0%0', 2)", "aabbc|2"),
        ("string.gsub('abc', '', '-')", "-a-b-c-|4"),
        ("string.gsub('a,b,,c', ',', ';')", "a;b;;c|3"),
    ] {
        assert_eq!(all(expression), values, "{expression}");
    }
    let words = "local t = {} for k, v in string.gmatch('a=1, b=2', '(%w+)=(%w+)') do t[#t+1] = k .. v end return t";
    assert_eq!(eval(words), "1) \"a1\" 2) \"b2\"");
    let empty = "local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end return n";
    assert_eq!(eval(empty), "(integer) 4");
    let carets = "local t = {} for w in ('^a^b'):gmatch('^%a') do t[#t+1] = w end return t";
    assert_eq!(eval(carets), "1) \"^a\" 2) \"^b\"");
}

#[test]
fn malformed_patterns_are_named() {
    for (pattern, message) in [
        ("%", "malformed pattern (ends with '%')"),
        ("[a", "malformed pattern (missing ']')"),
        ("[]", "malformed pattern (missing ']')"),
        ("(a", "unfinished capture"),
        ("a)", "invalid pattern capture"),
        ("%1", "invalid capture index"),
        ("%b(", "unbalanced pattern"),
        ("%f", "missing '[' after '%f' in pattern"),
        (&"()".repeat(33), "too many captures"),
    ] {
        let said = eval(&format!("return string.match('aaa', '{pattern}')"));
        assert!(said.contains(message), "{pattern}: {said}");
    }
}

/// Each ends, soon, with its result or with the limit.
#[test]
fn no_pattern_is_too_long_too_deep_or_too_slow() {
    for (script, result) in [
        ("return #string.match(string.rep('a',47600), string.rep('a',47600))", "(integer) 47600"),
        ("return #string.match(string.rep('a',1e5), string.rep('a',1e5))", "(integer) 100000"),
        ("return #string.match(string.rep('a',1e5), string.rep('a?',1e5))", "(integer) 100000"),
        (
            "return #string.match(string.rep('a',1e4), string.rep('a-',1e4) .. '$')",
            "(integer) 10000",
        ),
        ("return #string.match(string.rep('a',2e6), '.*')", "(integer) 2000000"),
        (
            "return select('#', string.find(string.rep('x',1e6) .. 'y', 'y', 1, true))",
            "(integer) 2",
        ),
        ("return string.find(string.rep('(',1e7),'%b()')", "instructions"),
        ("return string.find(string.rep('a',1e7), '.-b')", "instructions"),
        ("return string.find(string.rep('a',1e6), string.rep('a*',100) .. 'b')", "instructions"),
        ("return string.gsub(string.rep('(',1e7),'%b()', '')", "instructions"),
        ("for _ in string.gmatch(string.rep('(',1e7),'%b()') do end", "instructions"),
        ("for _ in string.gfind(string.rep('(',1e7),'%b()') do end", "instructions"),
        ("return #string.gsub(string.rep('a',1e5), '.', '%0%0')", "(integer) 200000"),
    ] {
        let said = eval(script);
        assert!(said.contains(result), "{script}: {said}");
    }
}
