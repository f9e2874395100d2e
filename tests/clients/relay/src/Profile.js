import { graphql } from 'relay-runtime';

export const me = graphql`
  fragment Profile_me on Viewer @refetchable(queryName: "ProfileMeQuery") {
    kind
    roles
    person {
      __typename
      id
      ... on Alumnus {
        version
      }
      ...Card_person
    }
  }
`;

export const query = graphql`
  query ProfileQuery {
    viewer {
      ...Profile_me
    }
  }
`;

export const alumnus = graphql`
  query ProfileAlumnusQuery($id: ID!) {
    alumnus(id: $id) {
      ...Card_alumnus @arguments(stints: true)
    }
  }
`;

export const update = graphql`
  mutation ProfileUpdateMutation($input: AlumnusProfileUpdateInput!) @raw_response_type {
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

export const keys = graphql`
  query ProfileKeysQuery {
    apiKeys(first: 1) {
      edges {
        node {
          id
        }
      }
    }
  }
`;
