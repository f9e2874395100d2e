// Types for the documents in src/, from the schema as the running server describes it.

import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: `${process.env.BASE_URL}/graphql`,
  documents: 'src/*.graphql',
  generates: {
    'src/generated/': {
      preset: 'client',
      // The documents' hashes go into them and, with the documents, into persisted-documents.json.
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'unmask' }, persistedDocuments: true },
      config: {
        // A scalar nobody told of is an error and not `any`.
        strictScalars: true,
        scalars: { DateTime: 'string', JSON: 'Record<string, unknown>', NaiveDate: 'string' },
        avoidOptionals: { field: true, inputValue: false },
        enumsAsTypes: true,
        emitLegacyCommonJSImports: false,
        useTypeImports: true,
      },
    },
  },
};

export default config;
