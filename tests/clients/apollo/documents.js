// As an application would write them; tests/clients/eslint reads them, too.

import { gql } from '@apollo/client';

export const DIRECTORY = gql`
  query Directory($first: Int!, $after: String, $filter: AlumnusFilter) {
    alumni(first: $first, after: $after, filter: $filter, orderBy: NAME) {
      totalCount
      edges {
        cursor
        node {
          id
          ...AlumnusCard
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
  fragment AlumnusCard on Alumnus {
    id
    displayName
    headline
    version
  }
`;

export const ALUMNUS = gql`
  query OneAlumnus($id: ID!) {
    alumnus(id: $id) {
      id
      displayName
      headline
      version
    }
  }
`;

export const ME = gql`
  query Me {
    viewer {
      kind
      roles
      person {
        id
        displayName
        ... on Alumnus {
          headline
          version
          intents
          links {
            label
            url
          }
          skills {
            level
            name
            skill {
              id
              name
            }
          }
        }
      }
    }
  }
`;

export const UPDATE_PROFILE = gql`
  mutation UpdateProfile($input: AlumnusProfileUpdateInput!) {
    alumnusProfileUpdate(input: $input) {
      alumnus {
        id
        headline
        version
        intents
        links {
          label
          url
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

export const ADD_SKILL = gql`
  mutation AddSkill($input: SkillAddInput!) {
    skillAdd(input: $input) {
      alumnus {
        id
        version
        skills {
          level
          name
          skill {
            id
            name
          }
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

export const UPCOMING = gql`
  query Upcoming {
    engagementEvents(first: 3, filter: { states: [PUBLISHED] }, orderBy: STARTS_AT_DESC) {
      nodes {
        id
        title
        goingCount
        waitingCount
        version
        myParticipation {
          id
          state
          version
        }
      }
    }
  }
`;

export const RESPOND = gql`
  mutation Respond($input: ParticipationRespondInput!) {
    participationRespond(input: $input) {
      participation {
        id
        state
        version
        event {
          id
          goingCount
          waitingCount
          version
          myParticipation {
            id
          }
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

export const KEYS = gql`
  query Keys {
    apiKeys(first: 1) {
      nodes {
        id
      }
    }
  }
`;

export const CHANGES = gql`
  subscription Changes($after: String) {
    changes(after: $after) {
      at
      cursor
      fields
      kind
      subjectId
      subjectKind
      person {
        id
        displayName
      }
    }
  }
`;
