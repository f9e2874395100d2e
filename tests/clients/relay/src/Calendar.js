import { graphql } from 'relay-runtime';

export const guests = graphql`
  fragment Calendar_guests on EngagementEvent
  @argumentDefinitions(count: { type: "Int", defaultValue: 3 }, cursor: { type: "String" })
  @refetchable(queryName: "CalendarGuestsQuery") {
    id
    participations(after: $cursor, first: $count) @connection(key: "Calendar_participations") {
      totalCount
      edges {
        node {
          id
          state
          person {
            ...Card_person
          }
        }
      }
    }
  }
`;

export const query = graphql`
  query CalendarQuery {
    engagementEvents(first: 20, orderBy: STARTS_AT) @connection(key: "Calendar_engagementEvents") {
      edges {
        node {
          id
          title
          goingCount
          ...Calendar_guests
        }
      }
    }
  }
`;

export const create = graphql`
  mutation CalendarCreateMutation($connections: [ID!]!, $input: EngagementEventCreateInput!) {
    engagementEventCreate(input: $input) {
      engagementEvent @appendNode(connections: $connections, edgeTypeName: "EngagementEventEdge") {
        id
        title
        state
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`;
