// PostGraphile in production mode over our own tables. DATABASE_URL, PORT, POOL (connections a process), WORKERS (processes).
import cluster from "node:cluster";
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { jsonPgSmartTags } from "postgraphile/utils";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";

const { DATABASE_URL, PORT, POOL = "10", WORKERS = "1", PRINT_SCHEMA } = process.env;

// Relations that the tables do not declare, for no row of ours needs a second key for them, and those of the view.
const ofAlumnus = (field) => `(company_id,person_id) references peer.alumnus (company_id,id)|@fieldName alumnus|@foreignFieldName ${field}`;
const relations = jsonPgSmartTags({
  version: 1,
  config: {
    class: {
      "peer.alumnus": {
        // A view's columns count as nullable, and a nullable column makes the condition behind a cursor one that no index serves.
        attribute: Object.fromEntries(["id", "company_id", "standing", "family_name", "given_name", "sort_name", "grams"].map((name) => [name, { tags: { notNull: true } }])),
        tags: { name: "alumnus", primaryKey: "id", unique: "company_id,id",
          foreignKey: "(company_id) references public.company (id)|@fieldName company|@foreignFieldName alumni" },
      },
      "public.employment": { tags: { foreignKey: ofAlumnus("employments") } },
      "public.person_skill": { tags: { foreignKey: ofAlumnus("skills") } },
      "public.participation": { tags: { foreignKey: ofAlumnus("participations") } },
      "public.referral": {
        tags: {
          foreignKey: [
            "(company_id) references public.company (id)|@fieldName company|@foreignFieldName referrals",
            "(company_id,candidate_id) references peer.alumnus (company_id,id)|@fieldName candidate|@foreignFieldName referralsReceived",
            "(company_id,referrer_id) references peer.alumnus (company_id,id)|@fieldName referrer|@foreignFieldName referralsMade",
          ],
        },
      },
    },
    procedure: { "peer.person_skill_rank": { tags: { behavior: "+proc:orderBy" } } },
  },
});

async function serve() {
  const server = createServer();
  const instance = postgraphile({
    extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
    plugins: [relations],
    // Every column may be filtered and ordered by, whatever the indexes.
    disablePlugins: ["PgIndexBehaviorsPlugin"],
    pgServices: [
      makePgService({
        connectionString: DATABASE_URL,
        schemas: ["public", "peer"],
        poolConfig: { max: Number(POOL), idleTimeoutMillis: 0 },
        pubsub: false,
      }),
    ],
    // A thousand workers a call need more than the usual length.
    grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false, websockets: false, maxRequestLength: 8_000_000 },
    grafast: { explain: false },
  });
  if (PRINT_SCHEMA) {
    const { printSchema } = await import("graphql");
    console.log(printSchema(await instance.getSchema()));
    process.exit(0);
  }
  server.keepAliveTimeout = 60_000;
  server.on("error", (error) => {
    console.error(error);
    process.exit(1);
  });
  await instance.createServ(grafserv).addTo(server);
  server.listen(Number(PORT), "127.0.0.1");
}

if (Number(WORKERS) > 1 && cluster.isPrimary) {
  for (let worker = 0; worker < Number(WORKERS); worker++) cluster.fork();
} else {
  await serve();
}
