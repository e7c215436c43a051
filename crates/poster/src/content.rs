//! What is to be printed, and the words around it.

use std::fmt;

/// A text in the poster's first and second language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bilingual<'a> {
    /// Larger, above.
    pub first: &'a str,
    /// Smaller, below.
    pub second: &'a str,
}

/// The sentences of a poster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PosterWords<'a> {
    /// The two languages as BCP 47 tags, such as `id` and `en`.
    pub languages: Bilingual<'a>,
    /// The name beside the sign.
    pub brand: &'a str,
    /// What to do: "Arahkan kamera ponsel ke kode ini".
    pub instruction: Bilingual<'a>,
    /// That it costs nothing: "tanpa aplikasi, gratis".
    pub free: Bilingual<'a>,
    /// What to do without a camera: type the code below at the address below it.
    pub typed_code: Bilingual<'a>,
    /// What the check word is for.
    pub check_word: Bilingual<'a>,
    /// How high to hang it, from the floor to the middle of the code: 90 to 120 cm.
    pub hanging: Bilingual<'a>,
}

/// One gate's poster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PosterContent {
    /// The name of the place.
    pub place: String,
    /// The name of the door.
    pub door: String,
    /// The address in the QR code, at most 60 bytes.
    pub url: String,
    /// The address to type, without its scheme.
    pub host: String,
    /// The gate's code in its groups, such as `7K3M-Q2XA`.
    pub code: String,
    /// The word by which staff know the poster as theirs.
    pub check_word: String,
}

/// The sentences of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardWords<'a> {
    /// The two languages as BCP 47 tags.
    pub languages: Bilingual<'a>,
    /// What it is: "Kartu pengunjung".
    pub title: Bilingual<'a>,
    /// What the number is: "Nomor kartu".
    pub number: &'a str,
    /// That it goes with a document that has a photograph.
    pub note: Bilingual<'a>,
}

/// One visitor's card.
#[derive(Clone, PartialEq, Eq)]
pub struct CardContent {
    /// The name as it shall stand on the card.
    pub name: String,
    /// The card's number in its groups.
    pub number: String,
    /// The text of the QR code.
    pub code: String,
    /// Until when it is valid, as a whole phrase.
    pub valid_until: String,
}

/// Written without name and code.
impl fmt::Debug for CardContent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CardContent(number {}, …)", self.number)
    }
}
