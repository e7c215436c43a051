//! Rule sets by version, kept for years.

use crate::db::SqliteStore;
use crate::fault::Outcome;
use crate::sql::{Cells, all, one, run, value};
use async_trait::async_trait;
use gapura_domain::ids::RulesId;
use gapura_domain::time::Time;
use gapura_store::rules::StoredRules;
use gapura_store::{Result, Rules};

#[async_trait]
impl Rules for SqliteStore {
    async fn put_rules(
        &self,
        version: &str,
        hash: [u8; 32],
        document: &str,
        at: Time,
    ) -> Result<RulesId> {
        let (version, document) = (version.to_owned(), document.to_owned());
        self.write(move |conn| {
            let sql = "INSERT INTO rule_sets (version, hash, document, first_used)
                       VALUES (?1, ?2, ?3, ?4) ON CONFLICT (hash) DO NOTHING";
            run(conn, sql, (version, hash, document, at.0))?;
            let sql = "SELECT id FROM rule_sets WHERE hash = ?1";
            value(conn, sql, [hash]).map(RulesId::from_sql)
        })
        .await
    }

    async fn rules(&self, id: RulesId) -> Result<Option<StoredRules>> {
        self.read(move |conn| one(conn, &format!("{RULES} WHERE id = ?1"), [id.to_sql()], read))
            .await
    }

    async fn all_rules(&self) -> Result<Vec<StoredRules>> {
        self.read(|conn| all(conn, &format!("{RULES} ORDER BY id"), [], read))
            .await
    }
}

const RULES: &str = "SELECT id, version, hash, document, first_used FROM rule_sets";

fn read(cells: &mut Cells<'_>) -> Outcome<StoredRules> {
    Ok(StoredRules {
        id: RulesId::from_sql(cells.take()?),
        version: cells.take()?,
        hash: cells.take()?,
        document: cells.take()?,
        first_used: cells.time()?,
    })
}
