//! The categories of places in the words of people who fill in lists.

use crate::find_district::letters;
use gapura_domain::venue::Category;

/// The Indonesian word that lists are written with.
pub fn category_word(category: Category) -> &'static str {
    words(category)[0]
}

/// The category that a word means: its Indonesian or English name, its name in the API, or what
/// people usually call such a place.
pub fn category_of(text: &str) -> Option<Category> {
    let text = letters(text);
    Category::ALL.into_iter().find(|category| {
        letters(category.name()) == text
            || words(*category).iter().any(|word| letters(word) == text)
    })
}

fn words(category: Category) -> &'static [&'static str] {
    match category {
        Category::Police => &["Kepolisian", "Polisi", "Kantor polisi", "Police station"],
        Category::PublicService => &[
            "Pelayanan publik",
            "Layanan publik",
            "Pelayanan umum",
            "Samsat",
            "Public services",
        ],
        Category::Health => &[
            "Kesehatan",
            "Fasilitas kesehatan",
            "Puskesmas",
            "Klinik",
            "Rumah sakit",
            "Hospital",
        ],
        Category::Office => &["Perkantoran", "Kantor", "Offices"],
        Category::Education => &["Pendidikan", "Sekolah", "Kampus", "School", "Campus"],
        Category::Mall => &[
            "Mal",
            "Pusat perbelanjaan",
            "Shopping centre",
            "Shopping mall",
        ],
        Category::Market => &["Pasar", "Toko", "Swalayan", "Shop", "Supermarket"],
        Category::Restaurant => &["Restoran", "Rumah makan", "Kafe", "Warung", "Café", "Cafe"],
        Category::Hotel => &["Hotel", "Penginapan"],
        Category::Cinema => &["Bioskop", "Teater", "Theatre"],
        Category::Tourism => &[
            "Wisata",
            "Tempat wisata",
            "Pariwisata",
            "Taman",
            "Museum",
            "Tourist place",
        ],
        Category::Worship => &[
            "Ibadah",
            "Tempat ibadah",
            "Rumah ibadah",
            "Place of worship",
        ],
        Category::Sport => &["Olahraga", "Gedung olahraga", "Stadion", "Sports"],
        Category::Transport => &[
            "Transportasi",
            "Stasiun",
            "Terminal",
            "Pelabuhan",
            "Bandara",
            "Perhubungan",
        ],
        Category::Industry => &["Industri", "Pabrik", "Gudang", "Factory", "Warehouse"],
        Category::Other => &["Lainnya", "Lain-lain", "Lain"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_known_by_its_indonesian_english_and_api_names() {
        for category in Category::ALL {
            assert_eq!(category_of(category.name()), Some(category));
            assert_eq!(category_of(category_word(category)), Some(category));
        }
        assert_eq!(
            category_of(" PELAYANAN  PUBLIK "),
            Some(Category::PublicService)
        );
        assert_eq!(category_of("public service"), Some(Category::PublicService));
        assert_eq!(category_of("kebun binatang"), None);
    }

    #[test]
    fn no_word_means_two_categories() {
        for category in Category::ALL {
            for word in words(category) {
                assert_eq!(category_of(word), Some(category), "{word}");
            }
        }
    }
}
