import { graphql } from 'relay-runtime';

export const person = graphql`
  fragment Card_person on Person @refetchable(queryName: "CardPersonQuery") {
    id
    displayName
    ... on Alumnus {
      headline
    }
    ... on Employee {
      workEmail
    }
  }
`;

export const alumnus = graphql`
  fragment Card_alumnus on Alumnus
  @argumentDefinitions(stints: { type: "Boolean", defaultValue: false })
  @refetchable(queryName: "CardAlumnusQuery") {
    id
    version
    ...Card_person
    employments @include(if: $stints) {
      id
      position
      startedOn
      department {
        id
        name
      }
    }
  }
`;
