//! The words a person compares by eye or by ear: on a poster, on a phone and on a gate's screen.
//!
//! 512 short, harmless Indonesian words that everybody knows, so that one drawn evenly carries nine
//! bits. They stand in alphabetical order, have four to seven letters, differ from one another by
//! more than one letter or swap, and none is the beginning of another, so that nobody takes one
//! for its neighbour. Left out on purpose: the colours of statuses, words of the door itself (gate,
//! screen, ticket), times of day, party symbols, faith, medicine and the human body.
//!
//! The order is part of what posters carry: changing, adding or removing a word changes the check
//! words of posters that already hang.

/// How many words there are; a power of two, so that bits of a MAC choose one evenly.
pub const WORDS_COUNT: usize = 512;

/// The words, in alphabetical order.
#[rustfmt::skip]
pub static WORDS: [&str; WORDS_COUNT] = [
    "album", "alpukat", "amplop", "anggrek", "angin", "angsa", "antena", "antik", "anyaman",
    "arloji", "arus", "arwana", "asoka", "asri", "atap", "awan", "ayam", "ayunan", "bajaj", "baju",
    "bakau", "bakmi", "bakpao", "bakso", "bakul", "balai", "balon", "bambu", "bandeng", "bangau",
    "bantal", "batagor", "batik", "bawang", "bebek", "becak", "bekal", "bengkel", "bening",
    "bentuk", "beras", "berlian", "bingkai", "biola", "biru", "biskuit", "boneka", "botol",
    "brokoli", "bubur", "bugar", "bukit", "buku", "buncis", "bunga", "bunglon", "busana", "cabai",
    "cahaya", "camar", "cangkir", "cangkul", "catur", "cemara", "cempaka", "cendana", "cendol",
    "cengkeh", "cerah", "cerdas", "ceria", "cermin", "cilok", "cincau", "cincin", "cokelat",
    "cuaca", "cuka", "cumi", "dahan", "dahlia", "danau", "dapur", "dasi", "daun", "dawet", "dayung",
    "delima", "denah", "dermaga", "dinding", "dingin", "dokar", "domba", "dompet", "donat",
    "dongeng", "durian", "emas", "ember", "embun", "emping", "engsel", "fajar", "foto", "gabus",
    "gaharu", "galah", "gambar", "gamelan", "gandum", "garam", "garis", "garpu", "gasing", "gelang",
    "gelas", "gendang", "genteng", "gergaji", "gerimis", "gerobak", "getuk", "gitar", "globe",
    "gondola", "gudang", "gudeg", "gula", "gulung", "gunting", "gurame", "gurih", "gurita", "gurun",
    "halaman", "handuk", "hangat", "harapan", "harum", "hewan", "hiasan", "hujan", "huruf", "ikan",
    "iklim", "ilalang", "ilmu", "indah", "intan", "irama", "itik", "jagung", "jahe", "jaket",
    "jalan", "jalur", "jamu", "jangkar", "jaring", "jati", "jendela", "jerami", "jerapah", "jernih",
    "jeruk", "jinak", "jingga", "joglo", "judul", "jujur", "kabar", "kabel", "kaca", "kain",
    "kakap", "kaktus", "kalung", "kamus", "kancil", "kancing", "kapal", "karang", "karet", "kasur",
    "kawat", "kayu", "kebun", "kecap", "kedelai", "kelambu", "kelapa", "kelinci", "kelor", "kemah",
    "kemangi", "kembang", "kemeja", "kemiri", "kenanga", "kenari", "kencur", "kendi", "keramik",
    "kereta", "kerikil", "kertas", "kerupuk", "ketan", "ketela", "ketupat", "kijang", "kincir",
    "kipas", "kisah", "klepon", "koki", "kolam", "kolase", "komik", "kompas", "kompor", "konser",
    "koper", "koral", "kotak", "krisan", "kuali", "kuas", "kubis", "kudapan", "kunci", "kunyit",
    "kura", "kursi", "labu", "laci", "lada", "lalap", "lampion", "lampu", "lancar", "langit",
    "lantai", "lapang", "lautan", "lebar", "legit", "lemari", "lembah", "lembut", "lemon", "lemper",
    "lentera", "lestari", "lezat", "liburan", "lidi", "lilin", "listrik", "lobster", "logam",
    "lontong", "lorong", "lukisan", "lumbung", "lumut", "lupis", "lurik", "madu", "magnet",
    "mahoni", "mainan", "mangga", "manggis", "mangkuk", "manik", "mantel", "marmer", "mawar",
    "medali", "meja", "mekar", "melati", "melinjo", "melodi", "menara", "mentari", "mentega",
    "merak", "meriah", "merpati", "meter", "mihun", "mobil", "motif", "motor", "muara", "mujair",
    "musik", "mutiara", "nampan", "nanas", "nangka", "nastar", "nelayan", "nila", "nipah", "novel",
    "nuansa", "nuri", "nyala", "nyanyi", "nyiur", "obeng", "obor", "oktaf", "ombak", "onde", "opak",
    "oranye", "oven", "pagar", "paku", "palem", "panci", "pandai", "panen", "pangsit", "pantun",
    "papan", "pasir", "pasta", "pastel", "pecel", "pelana", "peluit", "pempek", "pena", "penguin",
    "pensil", "pentas", "penyu", "pepes", "perahu", "permata", "pesawat", "pesisir", "pesona",
    "petai", "peyek", "piala", "piano", "pigura", "pilar", "pinang", "pinus", "pipa", "piring",
    "pohon", "pojok", "potret", "prangko", "pucuk", "puding", "puisi", "pulau", "pulen", "puncak",
    "puyuh", "radio", "ragam", "rajin", "rajut", "ramah", "ramuan", "randu", "ransel", "rantang",
    "rapi", "rawon", "rempah", "renang", "rencana", "renda", "renyah", "resep", "rimbun", "rindang",
    "risoles", "roda", "roket", "rosela", "rotan", "roti", "rujak", "rukun", "rumpun", "rusa",
    "sablon", "sabuk", "sahabat", "salju", "salmon", "sambal", "samudra", "sandal", "sanggar",
    "sanggul", "santan", "sapu", "sastra", "sate", "sawah", "sawi", "sayap", "sayur", "segar",
    "sejuk", "sekoci", "selada", "selai", "selasih", "selimut", "senam", "sendok", "seni", "senter",
    "senyum", "sepatu", "sepeda", "serabi", "serat", "sigap", "sikat", "sinar", "siomay", "sirkus",
    "sirsak", "sirup", "spidol", "sumbu", "sumpit", "sumur", "sutra", "tabung", "talas", "tali",
    "taman", "tangkai", "tanjung", "tapak", "tebing", "tebu", "teduh", "teko", "tekstil", "tekun",
    "tekwan", "teladan", "telaga", "teliti", "teluk", "tembaga", "tembok", "tempe", "tenis",
    "terang", "terasi", "teratai", "tiang", "tifa", "tikar", "timba", "timun", "tirai", "tiwul",
    "tomat", "tombol", "tongkat", "tongkol", "topi", "tugu", "tulip", "tumbler", "tumpeng", "tunas",
    "tupai", "ubin", "ukiran", "ukulele", "unik", "urap", "vanila", "violet", "wadah", "wafel",
    "wahana", "wajan", "wajik", "wangi", "warna", "warung", "wayang", "wedang", "wijen", "wisata",
    "wortel", "yogurt", "zaitun", "zamrud", "zebra",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn one_step_apart(one: &str, other: &str) -> bool {
        let (short, long) = if one.len() <= other.len() {
            (one, other)
        } else {
            (other, one)
        };
        if long.len() - short.len() > 1 {
            return false;
        }
        if short.len() < long.len() {
            return (0..long.len()).any(|cut| [&long[..cut], &long[cut + 1..]].concat() == short);
        }
        let (short, long) = (short.as_bytes(), long.as_bytes());
        let places: Vec<usize> = (0..long.len()).filter(|&i| short[i] != long[i]).collect();
        match places[..] {
            [_] => true,
            [a, b] => b == a + 1 && short[a] == long[b] && short[b] == long[a],
            _ => false,
        }
    }

    #[test]
    fn every_word_is_short_and_plainly_written() {
        for word in WORDS {
            assert!((4..=7).contains(&word.len()), "{word}");
            assert!(word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word}");
        }
    }

    #[test]
    fn no_word_can_be_taken_for_its_neighbour() {
        for (place, word) in WORDS.iter().enumerate() {
            for other in &WORDS[place + 1..] {
                assert!(word < other, "{word} and {other} are out of order");
                assert!(!other.starts_with(word), "{word} begins {other}");
                assert!(!one_step_apart(word, other), "{word} is close to {other}");
            }
        }
    }

    #[test]
    fn no_word_says_what_the_door_says() {
        for word in [
            "hijau", "kuning", "merah", "hitam", "boleh", "masuk", "belum", "periksa", "gapura",
            "pintu", "layar", "kamera", "kode", "kartu", "pas", "sehat", "sakit", "vaksin",
        ] {
            assert!(!WORDS.contains(&word), "{word}");
        }
    }
}
