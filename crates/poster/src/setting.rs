//! Setting names and sentences: how large, and where lines break.

use crate::geometry::POINT_MM;
use crate::typeface::{Line, Typesetter, Weight};

/// The line height of text in its size.
pub(crate) const LEADING: f32 = 1.18;

/// How much smaller type may become to save a line, as a share of its size.
const WORTH_A_LINE: f32 = 0.85;

/// What room a text may take, and how large it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) width_mm: f32,
    pub(crate) height_mm: f32,
    pub(crate) size_max_pt: f32,
    pub(crate) size_min_pt: f32,
}

/// Texts of one size, each in its lines.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) size_pt: f32,
    pub(crate) texts: Vec<Vec<Line>>,
}

/// A word and its width.
type Word = (String, f32);

impl Typesetter<'_> {
    /// Sets texts in one common size, the greatest at which all their lines fit into the frame; or a
    /// little smaller, where that saves a line.
    ///
    /// At the smallest size, words are broken and what is too much is cut with an ellipsis: a poster
    /// is printed whatever its place is called.
    pub(crate) fn fit(&self, weight: Weight, texts: &[&str], frame: Frame) -> Setting {
        let texts: Vec<Vec<Word>> = texts.iter().map(|text| self.words(weight, text)).collect();
        let Some((size_pt, lines)) = self.greatest(weight, &texts, frame, usize::MAX) else {
            return self.squeeze(weight, &texts, frame);
        };
        let (size_pt, lines) = self
            .greatest(weight, &texts, frame, count(&lines).saturating_sub(1))
            .filter(|(smaller_pt, _)| *smaller_pt >= size_pt * WORTH_A_LINE)
            .unwrap_or((size_pt, lines));
        let space = self.width(weight, " ");
        let width_em = frame.width_mm / (size_pt * POINT_MM);
        let balanced = texts
            .iter()
            .zip(&lines)
            .map(|(words, lines)| balance(words, space, width_em, lines.len()));
        self.shaped(weight, size_pt, balanced)
    }

    /// The greatest size at which unbroken words fill no more lines than there is room for, and no
    /// more than `lines_max`.
    fn greatest(
        &self,
        weight: Weight,
        texts: &[Vec<Word>],
        frame: Frame,
        lines_max: usize,
    ) -> Option<(f32, Vec<Vec<String>>)> {
        let space = self.width(weight, " ");
        let mut size_pt = frame.size_max_pt;
        while size_pt >= frame.size_min_pt {
            let width_em = frame.width_mm / (size_pt * POINT_MM);
            let broken: Option<Vec<_>> = texts
                .iter()
                .map(|words| break_lines(words, space, width_em))
                .collect();
            if let Some(broken) = broken
                && count(&broken) <= lines_that_fit(frame, size_pt).min(lines_max)
            {
                return Some((size_pt, broken));
            }
            size_pt -= 0.5;
        }
        None
    }

    fn squeeze(&self, weight: Weight, texts: &[Vec<Word>], frame: Frame) -> Setting {
        let size_pt = frame.size_min_pt;
        let width_em = frame.width_mm / (size_pt * POINT_MM);
        let space = self.width(weight, " ");
        let mut lines_left = lines_that_fit(frame, size_pt).max(texts.len());
        let mut texts_left = texts.len();
        let cut = texts.iter().map(|words| {
            let pieces: Vec<Word> = words
                .iter()
                .flat_map(|word| self.pieces(weight, word, width_em))
                .collect();
            let mut lines = break_lines(&pieces, space, width_em).unwrap_or_default();
            texts_left -= 1;
            let lines_max = lines_left - texts_left;
            if lines.len() > lines_max {
                lines.truncate(lines_max);
                if let Some(last) = lines.last_mut() {
                    *last = self.with_ellipsis(weight, last, width_em);
                }
            }
            lines_left -= lines.len();
            lines
        });
        let cut: Vec<_> = cut.collect();
        self.shaped(weight, size_pt, cut.into_iter())
    }

    fn shaped(
        &self,
        weight: Weight,
        size_pt: f32,
        texts: impl Iterator<Item = Vec<String>>,
    ) -> Setting {
        let texts = texts
            .map(|lines| {
                let last = lines.len().saturating_sub(1);
                lines
                    .iter()
                    .enumerate()
                    .map(|(place, line)| self.shape(weight, line, place != last))
                    .collect()
            })
            .collect();
        Setting { size_pt, texts }
    }

    fn words(&self, weight: Weight, text: &str) -> Vec<Word> {
        self.printable(weight, text)
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| (word.to_owned(), self.width(weight, word)))
            .collect()
    }

    /// Breaks a word that is wider than a line into parts that are not.
    fn pieces(&self, weight: Weight, word: &Word, width_em: f32) -> Vec<Word> {
        /// Letters side by side may be a hair wider than each on its own.
        const SAFETY: f32 = 0.97;
        if word.1 <= width_em {
            return vec![word.clone()];
        }
        let mut pieces = vec![(String::new(), 0.0)];
        for character in word.0.chars() {
            let width = self.width(weight, character.encode_utf8(&mut [0; 4]));
            match pieces.last_mut() {
                Some((piece, used)) if *used + width <= width_em * SAFETY => {
                    piece.push(character);
                    *used += width;
                }
                Some(_) | None => pieces.push((character.to_string(), width)),
            }
        }
        pieces
    }

    fn with_ellipsis(&self, weight: Weight, line: &str, width_em: f32) -> String {
        let mut line = line.to_owned();
        while !line.is_empty() && self.width(weight, &format!("{line}…")) > width_em {
            line.pop();
        }
        format!("{}…", line.trim_end())
    }
}

/// Puts words into lines no wider than `width_em`, or nothing if a word is wider.
fn break_lines(words: &[Word], space: f32, width_em: f32) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0.0;
    for (word, width) in words {
        if *width > width_em {
            return None;
        }
        match lines.last_mut() {
            Some(line) if used + space + width <= width_em => {
                line.push(' ');
                line.push_str(word);
                used += space + width;
            }
            Some(_) | None => {
                lines.push(word.clone());
                used = *width;
            }
        }
    }
    Some(lines)
}

/// Breaks into the same number of lines, as evenly long as they can be.
fn balance(words: &[Word], space: f32, width_em: f32, lines_count: usize) -> Vec<String> {
    let (mut narrow, mut wide) = (width_em * 0.4, width_em);
    for _ in 0..12 {
        let middle = f32::midpoint(narrow, wide);
        let fits =
            break_lines(words, space, middle).is_some_and(|lines| lines.len() <= lines_count);
        if fits {
            wide = middle;
        } else {
            narrow = middle;
        }
    }
    break_lines(words, space, wide).unwrap_or_default()
}

fn count(texts: &[Vec<String>]) -> usize {
    texts.iter().map(Vec::len).sum()
}

/// How many lines of a size find room in the frame.
fn lines_that_fit(frame: Frame, size_pt: f32) -> usize {
    let line_mm = size_pt * POINT_MM * LEADING;
    let mut lines = 0_u8;
    while lines < u8::MAX && f32::from(lines + 1) * line_mm <= frame.height_mm + 0.01 {
        lines += 1;
    }
    usize::from(lines)
}
