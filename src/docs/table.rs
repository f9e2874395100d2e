//! A table in Markdown.

/// Rows of cells below a header.
pub struct Table {
    text: String,
}

impl Table {
    pub fn new(header: &[&str]) -> Self {
        let mut table = Self {
            text: String::new(),
        };
        table.row(header);
        table.row(&vec!["---"; header.len()]);
        table
    }

    pub fn row(&mut self, cells: &[impl AsRef<str>]) {
        for cell in cells {
            let cell = cell.as_ref().replace('|', "\\|").replace('\n', " ");
            self.text.push_str("| ");
            self.text.push_str(&cell);
            self.text.push(' ');
        }
        self.text.push_str("|\n");
    }

    pub fn finish(self) -> String {
        self.text
    }
}

/// A text in code font; nothing for an empty one.
pub fn code(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("`{text}`")
    }
}
