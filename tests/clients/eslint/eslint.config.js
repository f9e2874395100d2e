import graphql from '@graphql-eslint/eslint-plugin';

const SCHEMA = 'schema.graphql';

/** Where each client's documents are written. */
const CLIENTS = {
  apollo: 'documents.js',
  urql: 'documents.js',
  'graphql-request': 'documents.js',
  codegen: 'src/*.graphql',
  'python-gql': '*.graphql',
  relay: 'src/*.js',
};
const filesOf = (client) => `tests/clients/${client}/${CLIENTS[client]}`;

/** Directives that a client's compiler takes out before it sends anything. */
const DIRECTIVES = { relay: ['tests/clients/eslint/relay.graphql'] };

// A client's documents know the schema and each other, and of no other client's. The plugin keeps the first configuration it is
// given, so there is one with a project for each.
const projects = { schema: { schema: SCHEMA } };
for (const client of Object.keys(CLIENTS)) {
  projects[client] = { schema: [SCHEMA, ...(DIRECTIVES[client] ?? [])], documents: filesOf(client) };
}
const plugins = { '@graphql-eslint': graphql };
const languageOptions = { parser: graphql.parser, parserOptions: { graphQLConfig: { projects } } };

const SCHEMA_EXCEPTIONS = {
  // Beside edges there are plain lists, all of them short by a rule of the schema: a page's `nodes`, the at most 100 skills and 10 links
  // of a profile, the ten purposes of consent, a notice's at most 20 texts, enum values, user errors, the results of a bulk write. The rule cannot tell them from lists that need pages.
  // And of all that is paged a block is no node: it is found by whoever made it alone, below `viewer`, and by nobody by an id.
  '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
  '@graphql-eslint/strict-id-in-types': [
    'error',
    {
      exceptions: {
        // Answers and pages are no things: they hold what has ids.
        suffixes: ['Payload', 'Connection', 'Edge'],
        types: [
          'PageInfo', // Part of a page.
          'UserError', // Part of a payload.
          'MembershipInviteResult', // A row of a payload, known by the id that was sent.
          'PossiblePerson', // A row of an application, known by the id of its person.
          'WorkerSyncResult', // The same, by the external id.
          'WorkerSyncError', // Part of such a row.
          'SyncRunResult', // Part of a sync run, known by its position.
          'SyncRunCounts', // Part of a sync run.
          'SyncRunUndo', // Part of a sync run.
          'Change', // Known by its cursor, which is no id: node(id:) does not read changes.
          'AuditVerification', // There is one.
          'AuditBreak', // Part of it.
          'AccessLogEntry', // Known by request and person: node(id:) reads none.
          'Block', // Known by whom it is of: node(id:) reads no blocks.
          'PersonSkill', // Part of a person, known by its skill.
          'ProfileLink', // Part of a person: a label and an address.
          'ProfileFieldVisibility', // Part of a person, known by its field.
          'ProfileFieldAudience', // Part of a company, known by its field.
          'CandidateConsentRequest', // Known by a link, which is no id: node(id:) reads none.
          'Consent', // Part of a person, known by its purpose.
          'ConsentNotice', // Known by its purpose and version: the first of each is in no table.
          'ConsentNoticeText', // Part of a notice, known by its language.
          'ServiceLimits', // There is one.
          'QueryCost', // Computed, as each of its lines is.
          'ExceededLimit',
          'PathCost',
          'ErasureReceipt', // Part of a data request, as each of its lines is part of it.
          'ErasureReceiptStore',
          'RetentionPolicy', // There is one a company.
          'DeliveryAttempt', // Part of a delivery.
          'DeliveryContent', // The same: there is one.
          'IdentityProviderClaims', // Part of an identity provider: there is one.
          'IdentityProviderGroupRole', // The same, known by group and role.
          'IdentityProviderKeyStatus', // The same: there is one.
          'IdentityProviderKey', // Part of it, known by the issuer's own key id.
          'IdentityProviderTestResult', // Computed, as each of its steps is.
          'IdentityProviderTestStep',
          'InvitationPreview', // Read by a link, which is no id: node(id:) reads none.
          'Viewer', // Whoever asks: there is one for each.
        ],
      },
    },
  ],
};

/** Fields that one rule would have otherwise and that stay as they are; a name listed in vain is an error, too. */
const FIELD_EXCEPTIONS = {
  // Not when the row was made: since when the two do not exist for each other.
  'Block.blockedAt': '@graphql-eslint/no-typename-prefix',
  // One word of HR's (社員番号), and an alumnus has it under the same name.
  'Employee.employeeNumber': '@graphql-eslint/no-typename-prefix',
  // One word of HR's (雇用形態); `WorkerInput` writes it so, beside a `leaveType`.
  'Employment.employmentType': '@graphql-eslint/no-typename-prefix',
  // What a query costs, and no query for a cost.
  'Query.queryCost': ['@graphql-eslint/no-typename-prefix', '@graphql-eslint/naming-convention'],
};

const fieldExceptions = {
  preprocess: (text) => [text],
  postprocess([messages], file) {
    const inVain = new Map(Object.entries(FIELD_EXCEPTIONS));
    const left = messages.filter(({ ruleId, message }) => {
      const [, field, type = 'Query'] = message.match(/^Field "(\w+)" (?:starts with the name of the parent type "(\w+)"|should not have "query" prefix)$/) ?? [];
      const excepted = ruleId && [FIELD_EXCEPTIONS[`${type}.${field}`]].flat().includes(ruleId);
      if (excepted) inVain.delete(`${type}.${field}`);
      return !excepted;
    });
    // Only the schema itself has all the fields.
    if (file.endsWith('schema.graphql')) {
      for (const [field, ruleId] of inVain) left.push({ ruleId, severity: 2, line: 1, column: 1, message: `${field} needs no exception` });
    }
    return left;
  },
};

const OPERATION_EXCEPTIONS = {
  relay: {
    // A fragment's variables are its own, from @argumentDefinitions; relay-compiler sees to them.
    '@graphql-eslint/no-undefined-variables': 'off',
    // relay-compiler asks for such names: of a fragment <module>_<property>, of an operation its kind at the end.
    '@graphql-eslint/naming-convention': [
      'error',
      {
        VariableDefinition: 'camelCase',
        OperationDefinition: { style: 'PascalCase', requiredSuffixes: ['Query', 'Mutation', 'Subscription'] },
        FragmentDefinition: { requiredPattern: /^[A-Z][A-Za-z]+_[a-z][A-Za-z]+$/ },
      },
    ],
  },
};

export default [
  { ignores: ['**/node_modules/', '**/__generated__/', '**/generated/', '**/build/'] },
  {
    files: [SCHEMA],
    plugins,
    languageOptions,
    processor: fieldExceptions,
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      ...SCHEMA_EXCEPTIONS,
    },
  },
  ...Object.keys(CLIENTS).map((client) => ({
    files: [`${filesOf(client)}${filesOf(client).endsWith('.js') ? '/*.graphql' : ''}`],
    plugins,
    languageOptions,
    rules: { ...graphql.configs['flat/operations-recommended'].rules, ...OPERATION_EXCEPTIONS[client] },
  })),
  // Documents inside of programs are taken out of them first.
  { files: Object.keys(CLIENTS).map(filesOf).filter((files) => files.endsWith('.js')), plugins, processor: graphql.processor },
];
