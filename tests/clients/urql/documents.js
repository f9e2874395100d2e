// As an application would write them; tests/clients/eslint reads them, too.

import { gql } from '@urql/core';

const CARD = gql`
  fragment PersonCard on Person {
    id
    displayName
  }
`;

export const DIRECTORY = gql`
  query AlumniPage($first: Int, $after: String, $last: Int, $before: String) {
    alumni(first: $first, after: $after, last: $last, before: $before, orderBy: LEFT_ON_DESC) {
      edges {
        cursor
        node {
          ...PersonCard
          leftOn
          employments {
            id
            position
            startedOn
            department {
              id
              name
            }
          }
        }
      }
      pageInfo {
        endCursor
        hasNextPage
        hasPreviousPage
        startCursor
      }
    }
  }
  ${CARD}
`;

export const ALUMNUS = gql`
  query AlumnusPage($id: ID!) {
    alumnus(id: $id) {
      ...PersonCard
      leftOn
      currentEmployer
    }
  }
  ${CARD}
`;

export const ME = gql`
  query MyPage {
    viewer {
      kind
      company {
        id
        name
        timeZone
      }
      person {
        ...PersonCard
        ... on Alumnus {
          headline
          version
          skills {
            level
            skill {
              id
              name
            }
          }
        }
      }
    }
  }
  ${CARD}
`;

export const UPDATE_PROFILE = gql`
  mutation ChangeHeadline($input: AlumnusProfileUpdateInput!) {
    alumnusProfileUpdate(input: $input) {
      alumnus {
        id
        headline
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

export const REMOVE_SKILL = gql`
  mutation RemoveSkill($input: SkillRemoveInput!) {
    skillRemove(input: $input) {
      alumnus {
        id
        version
        skills {
          level
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

export const INVITATIONS = gql`
  query MyInvitations {
    candidateInvitations(first: 10, orderBy: NEWEST) {
      totalCount
      nodes {
        id
        state
        candidateName
        version
      }
    }
    opportunities(first: 1, filter: { states: [OPEN] }) {
      nodes {
        id
        title
      }
    }
  }
`;

export const INVITE = gql`
  mutation InviteCandidate($input: CandidateInviteInput!) {
    candidateInvite(input: $input) {
      candidateInvitation {
        id
        state
        candidateName
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

export const KEYS = gql`
  query FirstKey {
    apiKeys(first: 1) {
      nodes {
        id
        name
      }
    }
  }
`;

export const CHANGES = gql`
  subscription LiveChanges($after: String) {
    changes(after: $after) {
      at
      cursor
      kind
      subjectId
      subjectKind
      person {
        ...PersonCard
      }
    }
  }
  ${CARD}
`;
