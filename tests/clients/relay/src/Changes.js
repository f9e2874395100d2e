import { graphql } from 'relay-runtime';

export const live = graphql`
  subscription ChangesSubscription($after: String) {
    changes(after: $after) {
      cursor
      kind
      subjectId
      subjectKind
      person {
        __typename
        id
        displayName
        ...Card_person
      }
    }
  }
`;
