//! How many statements each hot query runs, whatever the page size. A change of a number is a decision.

use serde_json::json;

use super::hot;
use crate::support::TestApp;

#[tokio::test]
async fn every_hot_query_runs_a_fixed_number_of_statements() {
    let app = TestApp::start().await;
    for hot in hot::queries(&app).await {
        let mut variables = hot.variables;
        for size in [1, 10, 25] {
            variables["n"] = json!(size);
            // the login, and the reference rows it names, are known after this
            app.hr().run(hot.query, variables.clone()).await;
            let (statements, reply) = app
                .statements(app.hr().run(hot.query, variables.clone()))
                .await;
            reply.data();
            assert_eq!(statements, hot.statements, "{}, {size} rows", hot.name);
        }
    }
}
