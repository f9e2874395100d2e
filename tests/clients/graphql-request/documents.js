// As a script would write them; tests/clients/eslint reads them, too.

import { gql } from 'graphql-request';

export const WHO = gql`
  query Who {
    viewer {
      kind
      permissions
      company {
        id
        slug
      }
    }
  }
`;

export const EVENTS = gql`
  query Events($first: Int!, $after: String, $filter: EngagementEventFilter) {
    engagementEvents(first: $first, after: $after, filter: $filter, orderBy: STARTS_AT) {
      totalCount
      nodes {
        id
        title
        startsAt
        state
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`;

export const CREATE_EVENT = gql`
  mutation CreateEvent($input: EngagementEventCreateInput!) {
    engagementEventCreate(input: $input) {
      engagementEvent {
        id
        startsAt
        state
        version
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`;

export const SYNC = gql`
  mutation SyncWorkers($input: WorkersSyncInput!) {
    workersSync(input: $input) {
      results {
        externalId
        personId
        status
        errors {
          field
          reason
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`;

export const PEOPLE = gql`
  query People($ids: [ID!]!) {
    nodes(ids: $ids) {
      id
      ... on Person {
        displayName
      }
    }
  }
`;
