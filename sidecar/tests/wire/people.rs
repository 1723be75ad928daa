//! What the command shows a person at a terminal, and what it shows a program.

use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};

use nix::pty::openpty;

use super::command_line::{Door, arguments, run, text};
use super::receiver::{Receiver, answer};
use super::server::Server;

/// What a command shows at a terminal of its own. The terminal writes a line's end as CR and LF.
fn at_terminal(command: Command) -> String {
    let (is_well, shown) = ended_at_terminal(command);
    assert!(is_well, "{shown}");
    shown
}

/// Whether it succeeded, and what it showed.
fn ended_at_terminal(mut command: Command) -> (bool, String) {
    let pty = openpty(None, None).unwrap();
    let out = Stdio::from(pty.slave);
    let mut child = command.stdin(Stdio::null()).stdout(out).stderr(Stdio::piped()).spawn().unwrap();
    // The command holds the other end too; the reader would never see an end.
    drop(command);
    let mut shown = Vec::new();
    // A terminal whose last program has ended fails to be read.
    let _ = File::from(pty.master).read_to_end(&mut shown);
    let is_well = child.wait().unwrap().success();
    (is_well, String::from_utf8(shown).unwrap().replace("\r\n", "\n"))
}

/// A server with a message of every end, the receiver of which lives as long as this.
struct Filled {
    server: Server,
    _receiver: Receiver,
    /// `ok`, `dead`, `flaky`: an endpoint and a message of each.
    endpoints: [String; 3],
    messages: [String; 3],
}

fn filled() -> Filled {
    let receiver = Receiver::start(|delivery, _| {
        answer(match delivery.path.as_str() {
            "/dead" => 400,
            "/flaky" => 503,
            _ => 200,
        })
    });
    let server = Server::start(&["--retry-schedule", "[7200]"]);
    let endpoints =
        ["/ok", "/dead", "/flaky"].map(|path| text(&server.create_endpoint(&receiver.url(path))["id"]));
    let messages = [0, 1, 2].map(|place| server.send(&endpoints[place], r#"{"n": 1.10}"#));
    for (message, status) in messages.iter().zip(["succeeded", "failed_permanent", "pending_retry"]) {
        server.wait_for_status(message, status);
    }
    Filled { server, _receiver: receiver, endpoints, messages }
}

fn colourful(filled: &Filled, words: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = arguments(&filled.server, Door::File, words);
    command.env("TERM", "xterm-256color").envs(variables.iter().copied());
    command
}

#[test]
fn colours_are_for_a_terminal_that_has_them() {
    let filled = filled();
    let list = ["messages", "list"].as_slice();
    let shown = at_terminal(colourful(&filled, list, &[]));
    for word in [
        "\u{1b}[32msucceeded\u{1b}[0m",
        "\u{1b}[33mpending_retry\u{1b}[0m",
        "\u{1b}[31mfailed_permanent\u{1b}[0m",
    ] {
        assert!(shown.contains(word), "{shown:?}");
    }
    assert!(shown.starts_with("\u{1b}[2mMESSAGE_ID\u{1b}[0m"), "{shown:?}");
    let why = at_terminal(colourful(&filled, &["messages", "why", &filled.messages[1]], &[]));
    assert!(why.contains("\u{1b}[2mprogress:\u{1b}[0m \u{1b}[31mgiven_up\u{1b}[0m"), "{why:?}");
    let test = at_terminal(colourful(&filled, &["endpoints", "test", &filled.endpoints[0]], &[]));
    assert!(test.contains("\u{1b}[32mtrue\u{1b}[0m"), "{test:?}");
    let (is_well, doctor) = ended_at_terminal(colourful(&filled, &["doctor"], &[]));
    assert!(!is_well, "there is a dead letter");
    assert!(doctor.contains("\u{1b}[32mok  \u{1b}[0m integrity"), "{doctor:?}");
    assert!(doctor.contains("\u{1b}[31mBAD \u{1b}[0m dead letters"), "{doctor:?}");

    let has_colour =
        |variables: &[(&str, &str)]| at_terminal(colourful(&filled, list, variables)).contains('\u{1b}');
    assert!(!has_colour(&[("NO_COLOR", "1")]));
    assert!(has_colour(&[("NO_COLOR", "")]), "empty is not set");
    assert!(!has_colour(&[("TERM", "dumb")]));
    assert!(!has_colour(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
    let piped = |variables: &[(&str, &str)]| run(colourful(&filled, list, variables), "").out;
    assert!(!piped(&[]).contains('\u{1b}'));
    assert!(piped(&[("CLICOLOR_FORCE", "1")]).contains("\u{1b}[32msucceeded\u{1b}[0m"));
    let json = [list, &["--json"]].concat();
    assert_eq!(at_terminal(colourful(&filled, &json, &[])), run(colourful(&filled, &json, &[]), "").out);
}

#[test]
fn times_are_relative_for_a_person_and_absolute_for_a_program() {
    let filled = filled();
    let flaky = filled.messages[2].as_str();
    let shown = |words: &[&str]| at_terminal(colourful(&filled, words, &[("NO_COLOR", "1")]));
    let list = shown(&["messages", "list"]);
    let row = list.lines().find(|line| line.contains(flaky)).unwrap();
    assert!(row.contains(" s ago ") || row.contains(" now "), "{list}");
    assert!(!row.contains('T'), "{list}");
    let one = shown(&["messages", "get", flaky]);
    let next = one.lines().find(|line| line.starts_with("next_attempt_at: ")).unwrap();
    // The schedule's jitter is a fifth.
    assert!(next.starts_with("next_attempt_at: in ") && next.ends_with(" UTC)"), "{next}");
    let exact = next.split('(').nth(1).unwrap().trim_end_matches(')');
    let form: String =
        exact.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    assert_eq!(form, "0000-00-00 00:00:00 UTC");

    let absolute = shown(&["messages", "list", "--times", "absolute"]);
    let piped = run(colourful(&filled, &["messages", "list"], &[]), "").out;
    assert_eq!(absolute, piped);
    assert!(piped.lines().nth(1).unwrap().contains(".") && !piped.contains(" ago"), "{piped}");
    let relative =
        run(colourful(&filled, &["messages", "list"], &[("HOOKBRIDGE_TIMES", "relative")]), "").out;
    assert!(relative.contains(" ago") || relative.contains(" now"), "{relative}");
    // Its lines stay on the screen while time passes.
    let tail = shown(&["messages", "tail"]);
    assert!(!tail.contains(" ago") && tail.contains("Z "), "{tail}");
}

/// The names of the lines of an answer that are not indented.
fn names(shown: &str) -> Vec<&str> {
    shown
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect()
}

#[test]
fn what_a_person_needs_comes_first() {
    let filled = filled();
    let (dead, flaky) = (filled.messages[1].as_str(), filled.messages[2].as_str());
    for door in [Door::File, Door::Server] {
        let shown = |words: &[&str]| {
            let ran = run(arguments(&filled.server, door, words), "");
            assert_eq!(ran.code, Some(0), "{words:?} {door:?}: {}", ran.error);
            ran.out
        };
        let columns = |words: &[&str]| {
            let table = shown(words);
            table.lines().next().unwrap().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        let of_messages = ["MESSAGE_ID", "STATUS", "LAST_ERROR", "CREATED_AT", "ATTEMPT_COUNT", "ENDPOINT"];
        assert_eq!(columns(&["messages", "list"]), of_messages);
        assert_eq!(columns(&["dlq", "list"]), of_messages);
        assert_eq!(columns(&["dlq", "groups"])[..4], ["CAUSE", "COUNT", "LAST_ERROR", "FIRST_FAILED_AT"]);
        assert!(shown(&["dlq", "groups"]).lines().nth(1).unwrap().starts_with("HTTP 400"));
        assert_eq!(
            columns(&["endpoints", "health"])[..6],
            ["ENDPOINT_ID", "PAUSED", "STANDING", "BREAKER", "PROBES_AT", "LAST_SUCCESS_AT"]
        );
        assert_eq!(columns(&["endpoints", "list"])[..3], ["ID", "PAUSED", "CREATED_AT"]);

        let why = shown(&["messages", "why", flaky]);
        assert!(why.starts_with("Attempt 1 failed: the receiver answered 503."), "{why}");
        assert_eq!(why.matches("Attempt 1 failed").count(), 1, "{why}");
        let (_, rest) = why.split_once("\n\n").unwrap();
        assert_eq!(names(rest), ["message_id", "progress", "changes_at", "endpoint_id", "reasons"]);
        assert!(rest.contains("\n  waits_for_retry  "), "{why}");

        let payload = shown(&["messages", "payload", dead]);
        assert_eq!(names(&payload)[..2], ["message_id", "payload_expires_at"]);
        assert!(payload.contains("payload: {\"n\": 1.10}\n"), "{payload}");

        let test = shown(&["endpoints", "test", &filled.endpoints[1]]);
        assert_eq!(names(&test), ["message_id", "delivered", "payload", "attempt"]);
        assert!(
            test.contains(
                "\n  response_status: 400\n  error_text: the receiver answered 400\n  created_at: "
            ),
            "{test}"
        );
        assert!(test.contains("\n    X-Webhook-Test: true"), "{test}");

        let dry =
            ["messages", "replay-all", "--dry-run", "--since", "2020-01-01T00:00:00Z", "--cause", "HTTP 400"];
        assert_eq!(shown(&dry), "replayed: 1\nrefused: none\ndry_run: true\nfailed: 0\n");
        assert_eq!(names(&shown(&["messages", "get", dead]))[1], "status", "nothing was replayed");
        assert!(shown(&["messages", "get", dead]).contains("status: failed_permanent\n"));

        let whole = shown(&["messages", "show", dead]);
        let parts: Vec<&str> = whole.split("\n\n").collect();
        assert_eq!(parts.len(), 3, "{whole}");
        assert_eq!(names(parts[0])[..5], ["id", "status", "response_status", "last_error", "created_at"]);
        assert_eq!(parts[1], "{\"n\": 1.10}");
        let table: Vec<&str> = parts[2].lines().collect();
        assert_eq!(
            table[0].split_whitespace().take(4).collect::<Vec<_>>(),
            ["ATTEMPT_NO", "RESPONSE_STATUS", "ERROR_TEXT", "NOTE"]
        );
        assert!(table.len() == 2 && table[1].starts_with("1 "), "{whole}");

        let figures = shown(&["stats"]);
        assert!(figures.contains("\ndeliverer:\n  since: "), "{figures}");
    }
}

/// A line with whatever differs from run to run as one word: ids, addresses, numbers and units.
fn in_general(line: &str) -> String {
    let digits = |word: &str| -> String {
        let mut general: Vec<char> =
            word.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
        general.dedup_by(|one, other| *one == '0' && *other == '0');
        general.into_iter().collect()
    };
    let words = line.split_whitespace().map(|word| match word {
        "now" => "0 s ago".to_owned(),
        "min" | "h" => "s".to_owned(),
        long if long.len() > 30 || long.starts_with("http") => "ID".to_owned(),
        other => digits(other),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_readme_shows_what_is_printed() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let (_, shown) = readme.split_once("$ hookbridge messages list\n").unwrap();
    let (list, shown) = shown.split_once("$ hookbridge messages why ").unwrap();
    let why = shown.split_once("```").unwrap().0.split_once('\n').unwrap().1;
    let filled = filled();
    let printed = |words: &[&str]| {
        let mut command = arguments(&filled.server, Door::Server, words);
        command.env("NO_COLOR", "1");
        at_terminal(command)
    };
    let general = |text: &str| text.lines().map(in_general).collect::<Vec<_>>();
    let mut listed = general(&printed(&["messages", "list"]));
    listed.retain(|line| !line.contains("failed_permanent"));
    assert_eq!(general(list), listed);
    assert_eq!(general(why), general(&printed(&["messages", "why", &filled.messages[2]])));
}

#[test]
fn a_stranger_gives_no_colours_and_no_status() {
    let filled = filled();
    let steering = "\u{1b}[31mred\u{9b}2J";
    let endpoint = filled.endpoints[0].as_str();
    let header = "status: succeeded";
    let changed = ["endpoints", "update", endpoint, "--description", steering, "--header", header];
    assert_eq!(run(arguments(&filled.server, Door::File, &changed), "").code, Some(0));
    for words in [["endpoints", "list"].as_slice(), &["endpoints", "get", endpoint], &["endpoints", "health"]]
    {
        let shown = at_terminal(colourful(&filled, words, &[]));
        let ours = ["\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[0m"];
        let rest = ours.iter().fold(shown.clone(), |rest, code| rest.replace(code, ""));
        assert!(!rest.chars().any(|letter| letter.is_control() && letter != '\n'), "{shown:?}");
        assert!(!shown.contains("\u{1b}[31mred"), "{shown:?}");
        assert!(!shown.contains("\u{1b}[32msucceeded"), "{shown:?}");
    }
    let got = at_terminal(colourful(&filled, &["endpoints", "get", endpoint], &[("NO_COLOR", "1")]));
    assert!(
        got.contains("description: \\u{1b}[31mred\\u{9b}2J\n") && got.contains("  status: succeeded\n"),
        "{got}"
    );
}
