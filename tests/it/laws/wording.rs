//! Wording: plain words and short sentences. A scope is a set of texts with their places; a new one is a function and a test.

use crate::documents::{documents, read};

/// Maximum number of words in a sentence.
const MAX_WORDS: usize = 25;

/// Words that paraphrase a standard term, and what to write.
const BANNED: [(&str, &str); 40] = [
    ("nobody", "no one, anonymous"),
    ("somebody", "a person, someone"),
    ("told", "returned, reported, logged"),
    ("tells", "returns, reports, says"),
    ("whom", "the person"),
    ("whoever", "the person, anyone"),
    ("where", "if, when, or the name of the place"),
    ("be it", "whether"),
    ("holds", "is valid, contains"),
    ("held", "valid, stored"),
    ("stands", "is"),
    ("came of", "result of"),
    ("comes to", "results in, amounts to"),
    ("came to", "resulted in"),
    ("hand in", "submit"),
    ("handed in", "submitted"),
    ("hands in", "submits"),
    ("take back", "withdraw, revert"),
    ("takes back", "withdraws, reverts"),
    ("taken back", "withdrawn, reverted"),
    ("go on", "continue"),
    ("goes on", "continues"),
    ("price", "cost"),
    ("prices", "costs"),
    ("priced", "with a cost"),
    ("purse", "rate limit"),
    ("bill", "rate limit headers"),
    ("debt", "deficit"),
    ("payer", "rate limit key"),
    ("turn", "permit, execution"),
    ("turns", "permits, rounds"),
    ("lent", "borrowed"),
    ("lasting", "long-lived"),
    ("patience", "timeout"),
    ("departure", "shutdown"),
    ("holdings", "data map"),
    ("stint", "employment"),
    ("stints", "employments"),
    ("edition", "cache version"),
    ("one entry a", "one entry per"),
];

/// A text and its place.
struct Text {
    place: String,
    text: String,
}

/// The prose of the documents in English.
fn documents_in_english() -> Vec<Text> {
    let paths = documents().into_iter();
    let paths = paths.filter(|path| !path.ends_with(".ja.md"));
    paths
        .flat_map(|path| {
            let paragraphs = prose(&read(&path));
            paragraphs.into_iter().map(move |text| Text {
                place: path.clone(),
                text,
            })
        })
        .collect()
}

/// The paragraphs, list items and table cells of a Markdown text, without code blocks and comments. Code in a line is one word.
fn prose(markdown: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut is_code = false;
    for line in markdown.lines() {
        let line = line.trim();
        if line.starts_with("```") {
            is_code = !is_code;
        }
        let ends = line.is_empty() || line.starts_with("```") || line.starts_with("<!--");
        if ends || is_code {
            found.push(String::new());
        } else if line.starts_with('|') {
            found.extend(plain(line).split('|').map(str::to_owned));
            found.push(String::new());
        } else {
            if starts_a_block(line) {
                found.push(String::new());
            }
            let paragraph = found.last_mut().unwrap();
            paragraph.push_str(&plain(line));
            paragraph.push(' ');
            if line.starts_with('#') {
                found.push(String::new());
            }
        }
    }
    found
}

/// Whether a line is a heading or a list item.
fn starts_a_block(line: &str) -> bool {
    let number = line.split_once(". ").map(|(number, _)| number);
    line.starts_with('#')
        || line.starts_with("- ")
        || number.is_some_and(|number| number.chars().all(|digit| digit.is_ascii_digit()))
}

/// A line with each piece of code as one word and each link as its text.
fn plain(line: &str) -> String {
    let pieces = line.split('`').enumerate();
    let words = pieces.map(|(place, piece)| if place % 2 == 1 { "CODE" } else { piece });
    let line: String = words.collect();
    let mut text = String::new();
    for (place, piece) in line.split("](").enumerate() {
        let rest = match piece.split_once(')') {
            Some((_, rest)) if place > 0 => rest,
            _ => piece,
        };
        text.push_str(rest);
    }
    text
}

/// The descriptions of a schema. What is in backticks counts as one word.
fn descriptions(schema: &str) -> Vec<Text> {
    let quoted = schema.split("\"\"\"").enumerate();
    let described = quoted.filter(|(place, _)| place % 2 == 1);
    let paragraphs = described.flat_map(|(_, text)| prose(text));
    paragraphs
        .filter(|text| !text.trim().is_empty())
        .map(|text| Text {
            place: "schema.graphql".to_owned(),
            text,
        })
        .collect()
}

/// The sentences of a text.
fn sentences(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for word in text.split_whitespace() {
        let sentence = found.last_mut().unwrap();
        sentence.push_str(word);
        sentence.push(' ');
        if word
            .trim_end_matches([')', '"', '*'])
            .ends_with(['.', '!', '?'])
        {
            found.push(String::new());
        }
    }
    found
}

/// The number of words of a sentence.
fn length(sentence: &str) -> usize {
    let words = sentence.split_whitespace();
    words
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count()
}

/// A sentence in lower case, its words between single spaces.
fn spaced(sentence: &str) -> String {
    let words = sentence.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    format!(" {} ", words.join(" "))
}

/// What is wrong with a sentence.
fn faults(sentence: &str) -> Vec<String> {
    let text = spaced(sentence);
    let banned = BANNED
        .iter()
        .filter(|(word, _)| text.contains(&format!(" {word} ")))
        .map(|(word, instead)| format!("\"{word}\" (write: {instead})"));
    let words = length(sentence);
    let long = (words > MAX_WORDS).then(|| format!("{words} words"));
    banned.chain(long).collect()
}

/// All faults in a scope, one line each.
fn faults_of(scope: &[Text]) -> Vec<String> {
    scope
        .iter()
        .flat_map(|text| {
            sentences(&text.text)
                .into_iter()
                .flat_map(|sentence| {
                    let faults = faults(&sentence).into_iter();
                    faults.map(move |fault| format!("{fault}: {sentence}"))
                })
                .map(|fault| format!("{}: {fault}", text.place))
        })
        .collect()
}

#[test]
fn the_documents_use_plain_words_and_short_sentences() {
    let scope = documents_in_english();
    let words: usize = scope.iter().map(|text| length(&text.text)).sum();
    assert!(words > 10_000, "{words}");
    let faults = faults_of(&scope);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_schema_uses_plain_words_and_short_sentences() {
    let scope = descriptions(&read("schema.graphql"));
    assert!(scope.len() > 2_000, "{}", scope.len());
    let faults = faults_of(&scope);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_readmes_have_at_most_200_short_lines() {
    for path in ["README.md", "README.ja.md"] {
        let text = read(path);
        let long: Vec<_> = text
            .lines()
            .filter(|line| line.chars().count() > 140)
            .collect();
        assert_eq!(long, Vec::<&str>::new(), "{path}");
        assert!(text.lines().count() <= 200, "{path}");
    }
}

#[test]
fn a_banned_word_and_a_long_sentence_are_found() {
    let long = "word ".repeat(26);
    let text =
        format!("# Title\n\nNobody is told `nobody`. See [whom](whom.md).\n\n| a | {long}|\n");
    let scope: Vec<Text> = prose(&text)
        .into_iter()
        .map(|text| Text {
            place: "x.md".to_owned(),
            text,
        })
        .collect();
    let faults = faults_of(&scope);
    let starts: Vec<_> = faults
        .iter()
        .map(|fault| fault.split(['(', ':']).nth(1).unwrap().trim())
        .collect();
    assert_eq!(faults.len(), 4, "{faults:#?}");
    assert!(starts[0].starts_with("\"nobody\""), "{faults:#?}");
    assert!(starts[1].starts_with("\"told\""), "{faults:#?}");
    assert!(starts[2].starts_with("\"whom\""), "{faults:#?}");
    assert!(starts[3].starts_with("26 words"), "{faults:#?}");
}

#[test]
fn code_comments_and_code_blocks_are_not_prose() {
    let text = "<!-- nobody -->\n```text\nnobody\n```\n`nobody`\n";
    let words: String = prose(text).concat();
    assert_eq!(words.trim(), "CODE");
}
