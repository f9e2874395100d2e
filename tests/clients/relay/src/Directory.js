import { graphql } from 'relay-runtime';

export const list = graphql`
  fragment Directory_list on Query
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 8 }
    cursor: { type: "String" }
    filter: { type: "AlumnusFilter" }
  )
  @refetchable(queryName: "DirectoryPageQuery") {
    alumni(after: $cursor, filter: $filter, first: $count, orderBy: NAME)
      @connection(key: "Directory_alumni", filters: ["filter", "orderBy"]) {
      totalCount
      edges {
        node {
          id
          ...Card_alumnus
        }
      }
    }
  }
`;

export const query = graphql`
  query DirectoryQuery($count: Int, $filter: AlumnusFilter) {
    ...Directory_list @arguments(count: $count, filter: $filter)
  }
`;

export const recent = graphql`
  query DirectoryRecentQuery($after: String, $before: String, $first: Int, $last: Int) {
    alumni(after: $after, before: $before, first: $first, last: $last, orderBy: LEFT_ON_DESC)
      @connection(key: "Directory_recent__alumni") {
      edges {
        node {
          id
          leftOn
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
`;
