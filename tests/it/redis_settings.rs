//! What clients ask about the server, its settings, its commands and each other.

use super::redis_types_session::check;

#[test]
fn every_setting_of_a_server_is_known() {
    check(
        r#"CONFIG GET lua-time-limit => ["lua-time-limit", "5000"]
           CONFIG GET TIMEOUT => ["TIMEOUT", "0"]
           CONFIG GET maxmemory-s* => ["maxmemory-samples", "5"]
           CONFIG GET timeout Timeout time*t => ["timeout", "0"]
           CONFIG GET nosuch => []
           CONFIG SET timeout 0 => +OK
           CONFIG SET timeout 7 => -ERR lockstep does not model other values of 'timeout'"#,
    );
}

#[test]
fn names_of_settings_are_judged_before_values() {
    check(
        "CONFIG SET maxmemory abc nosuch 1 => -ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'
         CONFIG SET maxmemory abc => -ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be a memory value
         CONFIG SET Databases 3 => -ERR CONFIG SET failed (possibly related to argument 'Databases') - can't set immutable config
         CONFIG SET dir /tmp => -ERR CONFIG SET failed (possibly related to argument 'dir') - can't set protected config
         CONFIG SET maxmemory 1 MaxMemory 2 => -ERR CONFIG SET failed (possibly related to argument 'MaxMemory') - duplicate parameter
         CONFIG SET maxmemory '' => +OK
         CONFIG GET maxmemory => [\"maxmemory\", \"0\"]",
    );
}

#[test]
fn the_class_of_new_keys_is_shown_unless_all_others_are() {
    check(
        r#"CONFIG SET notify-keyspace-events KEn => +OK
           CONFIG GET notify-keyspace-events => ["notify-keyspace-events", "nKE"]
           CONFIG SET notify-keyspace-events KEAnm => +OK
           CONFIG GET notify-keyspace-events => ["notify-keyspace-events", "AKEm"]"#,
    );
}

#[test]
fn clients_are_found_by_more_than_their_number() {
    check(
        "CLIENT KILL USER nobody => -ERR No such user 'nobody'
         CLIENT KILL ADDR 127.0.0.1:9999 => 0
         CLIENT KILL LADDR 127.0.0.1:1 SKIPME no => 0
         CLIENT LIST TYPE nosuch => -ERR Unknown client type 'nosuch'
         CLIENT LIST TYPE pubsub => \"\"
         CLIENT UNBLOCK 1 ERROR x => -ERR unknown subcommand or wrong number of arguments for 'UNBLOCK'. Try CLIENT HELP.",
    );
}

/// CLIENT REPLY silences replies. What is pushed comes, the confirmation of SUBSCRIBE too.
#[test]
fn a_muted_client_hears_its_channels() {
    check(
        r#"c2: CLIENT REPLY OFF => ...
           c2: SUBSCRIBE ch => ...
           c2 <- ["subscribe", "ch", 1]
           PUBLISH ch m => 1
           c2 <- ["message", "ch", "m"]"#,
    );
}

#[test]
fn commands_about_commands() {
    check(
        r#"COMMAND GETKEYS GET => -ERR wrong number of arguments for 'command|getkeys' command
           COMMAND GETKEYS MSET a 1 b 2 => ["a", "b"]
           COMMAND GETKEYS ZUNIONSTORE d 1 a => -ERR lockstep does not model COMMAND GETKEYS of that command
           COMMAND LIST NOSUCH => -ERR syntax error
           COMMAND LIST FILTERBY ACLCAT read => -ERR lockstep does not model COMMAND LIST FILTERBY
           OBJECT IDLETIME none => nil"#,
    );
}

#[test]
fn commands_that_are_left_out_are_checked_like_others() {
    check(
        "XADD => -ERR wrong number of arguments for 'xadd' command
         XLEN s => -ERR lockstep does not model the 'xlen' command
         EVAL 'return redis.call(\"SHUTDOWN\")' 0 => -ERR This Redis command is not allowed from script script: ab7bdc68d1766b9f18b37259598f5f97a51a29e6, on @user_script:1.
         MULTI => +OK
         SYNC => -ERR Command not allowed inside a transaction
         EXEC => -EXECABORT Transaction discarded because of previous errors.",
    );
}

#[test]
fn waiting_for_more_replicas_than_an_int_counts() {
    check(
        "WAIT 4294967295 0 => 0
         WAIT 9223372036854775807 0 => 0",
    );
}
