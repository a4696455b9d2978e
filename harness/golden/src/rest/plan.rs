//! The API keys and usage plans of a row.

use serde_json::{Value as Json, json};

use super::bench::Bench;
use super::case::{Given, Members};
use super::given::{Built, STAGE, text};

impl Built {
    /// Makes the keys of a row, and the plans that they are in.
    pub(super) async fn keys_and_plans(
        &mut self,
        bench: &Bench,
        given: &Given,
    ) -> Result<(), String> {
        for key in &given.keys {
            let mut input = key.clone();
            let id = input.remove("id");
            input.entry("name").or_insert_with(|| json!("key"));
            input.entry("enabled").or_insert_with(|| json!(true));
            let value = input
                .get("value")
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned();
            let made = bench.call("CreateApiKey", Json::Object(input)).await?;
            if let Some(id) = id.as_ref().and_then(Json::as_str) {
                self.names.push((id.to_owned(), text(&made, "id")));
            }
            self.keys.insert(value, text(&made, "id"));
        }
        for plan in &given.usage_plans {
            self.plan(bench, plan).await?;
        }
        Ok(())
    }

    async fn plan(&mut self, bench: &Bench, plan: &Members) -> Result<(), String> {
        let mut input = json!({"name": "plan"});
        let mut stages = vec![json!(STAGE)];
        let mut keys = Vec::new();
        let mut of_methods = None;
        for (member, value) in plan {
            match (member.as_str(), value) {
                ("keys", Json::Array(values)) => keys.clone_from(values),
                ("stages", Json::Array(names)) => stages.clone_from(names),
                ("methodThrottle", value) => of_methods = Some(value.clone()),
                ("apiStages" | "quota" | "throttle" | "name", value) => {
                    input[member.as_str()] = value.clone();
                }
                (other, _) => return Err(format!("nobody knows of a usage plan `{other}`")),
            }
        }
        if input.get("apiStages").is_none() {
            let stages = stages.iter().map(|stage| {
                let mut stage = json!({"apiId": self.api, "stage": stage});
                if let Some(throttle) = &of_methods {
                    stage["throttle"] = throttle.clone();
                }
                stage
            });
            input["apiStages"] = stages.collect();
        }
        let made = bench.call("CreateUsagePlan", input).await?;
        self.usage_plan = text(&made, "id");
        for value in keys.iter().filter_map(Json::as_str) {
            let key = self.keys.get(value);
            let key = key.ok_or_else(|| format!("the row has no key `{value}`"))?;
            let input = json!({"usagePlanId": self.usage_plan, "keyId": key, "keyType": "API_KEY"});
            bench.call("CreateUsagePlanKey", input).await?;
        }
        Ok(())
    }
}
