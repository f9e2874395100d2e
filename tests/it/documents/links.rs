//! Links between documents.

use super::{documents, read, root};

/// The targets of the links of a document, without those to other sites.
fn targets(text: &str) -> Vec<String> {
    let after = text.split("](").skip(1);
    after
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains("://"))
        .map(str::to_owned)
        .collect()
}

/// The anchor of a heading, as the hosts of repositories make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        letter => letter
            .is_alphanumeric()
            .then(|| letter.to_ascii_lowercase()),
    });
    kept.collect()
}

#[test]
fn every_link_of_the_documents_leads_to_a_file_and_a_heading() {
    let mut broken = Vec::new();
    let mut count = 0;
    for path in documents() {
        for target in targets(&read(&path)) {
            count += 1;
            let (file, heading) = target.split_once('#').unwrap_or((target.as_str(), ""));
            let file = if file.is_empty() {
                root().join(&path)
            } else {
                root().join(&path).parent().unwrap().join(file)
            };
            let text = match std::fs::read_to_string(&file) {
                Ok(text) => text,
                Err(error) => {
                    broken.push(format!("{path}: {target}: {error}"));
                    continue;
                }
            };
            let mut headings = text.lines().filter(|line| line.starts_with('#'));
            let has = |line: &str| anchor(line.trim_start_matches('#')) == heading;
            if !heading.is_empty() && !headings.any(has) {
                broken.push(format!("{path}: {target}: no such heading"));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
    assert!(count > 100);
}

#[test]
fn every_document_is_listed() {
    let index = read("docs/README.md") + &read("docs/decisions/README.md") + &read("README.md");
    let missing: Vec<_> = documents()
        .into_iter()
        .filter(|path| !path.ends_with("README.md") && path != "README.ja.md")
        .filter(|path| {
            let name = path.rsplit('/').next().unwrap();
            !index.contains(&format!("{name})"))
        })
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}
