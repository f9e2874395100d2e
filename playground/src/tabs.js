// The tabs the playground opens with: what a newcomer can run on the demo data. `tests/browser` runs every one of them.
//
// title      a comment above the query; the tab itself is labelled with the operation's name
// role       whose token the tab is meant for, in the words of `alumni-api token --as`
// query      the document; one operation
// variables  the variables, given the answer of LOOK_UP (which is empty without a token: write `?.`)

/** Asked once when the tabs open, so that the variables name things that exist in the viewer's company. */
export const LOOK_UP = `query LookUp {
  engagementEvents(first: 1, filter: { states: [PUBLISHED] }, orderBy: STARTS_AT_DESC) { nodes { id } }
  opportunities(first: 1, filter: { states: [OPEN] }) { nodes { id } }
}`;

const first = (connection, noun) => connection?.nodes?.[0]?.id ?? `paste the id of an ${noun} here`;

export const TABS = [
  {
    title: 'A page of the directory: who is looking for what, and where they worked. Try a name, a kana reading, an employer.',
    role: 'HR',
    query: `query Directory($first: Int!, $after: String, $filter: AlumnusFilter) {
  alumni(first: $first, after: $after, filter: $filter, orderBy: NAME) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      displayName
      headline
      currentEmployer
      currentTitle
      intents
      skills { name level }
      employments { position startedOn lastWorkingDay department { name } }
    }
  }
}`,
    variables: () => ({ first: 20, after: null, filter: { intents: ['REHIRE', 'CONTRACT'] } }),
  },
  {
    title: 'Who am I, what may I do, and what does my own profile say?',
    role: 'ALUMNUS',
    query: `query MyProfile {
  viewer {
    kind
    roles
    permissions
    company { name timeZone }
    person {
      id
      displayName
      ... on Alumnus {
        headline
        biography
        currentEmployer
        currentTitle
        intents
        membership { state }
      }
    }
  }
}`,
    variables: () => ({}),
  },
  {
    title: 'To what did I say yes, and to which words? Say yes with consentGrant, no with consentWithdraw: one call each.',
    role: 'ALUMNUS',
    query: `query WhatISaidYesTo($language: String) {
  viewer {
    consents {
      purpose
      state
      since
      notice { version title(language: $language) text(language: $language) }
    }
    person { id displayName ... on Alumnus { consentHistory(first: 20) { totalCount nodes { id number purpose decision channel at } } } }
  }
}`,
    variables: () => ({ language: 'ja' }),
  },
  {
    title: 'What do others see of me? Change it with profileVisibilityUpdate, ask for quiet with membershipPause, leave with membershipWithdraw.',
    role: 'ALUMNUS',
    query: `query AsOthersSeeMe {
  viewer {
    person { id displayName ... on Alumnus { visibility { field audience chosen } } }
    staff: previewAs(audience: HR) { ...Profile }
    employees: previewAs(audience: EMPLOYEES) { ...Profile }
    alumni: previewAs(audience: ALUMNI) { ...Profile }
  }
}

fragment Profile on Alumnus {
  id
  displayName
  personalEmail
  phone
  location
  headline
  skills { name level }
  intents
  leftOn
  employments { id position startedOn lastWorkingDay }
}`,
    variables: () => ({}),
  },
  {
    title: 'Who has looked at my data? HR, recruiters and systems are in it with what they were shown, newest first; what members see of each other is not.',
    role: 'ALUMNUS',
    query: `query WhoHasLookedAtMyData {
  viewer {
    accessLog(first: 10) {
      totalCount
      nodes {
        at
        readerName
        readerKind
        operationName
        fields
      }
      pageInfo { endCursor hasNextPage }
    }
  }
}`,
    variables: () => ({}),
  },
  {
    title: 'Say that I am coming. When the event is full, I am put on its waiting list.',
    role: 'ALUMNUS',
    query: `mutation Respond($input: ParticipationRespondInput!) {
  participationRespond(input: $input) {
    participation {
      id
      state
      waitingPosition
      event { title startsAt capacity goingCount }
    }
    userErrors { code field message }
  }
}`,
    variables: (found) => ({
      input: { eventId: first(found?.engagementEvents, 'engagement event'), answer: 'GOING' },
    }),
  },
  {
    title: 'Ask someone outside whether they want to be recommended. Until they say yes, nobody but you learns of it. The token is theirs: candidateConsentRequest(token:) shows what they are asked, candidateConsentGive and candidateConsentRefuse answer it, without a login.',
    role: 'EMPLOYEE',
    query: `mutation Invite($input: CandidateInviteInput!) {
  candidateInvite(input: $input) {
    token
    candidateInvitation {
      id
      state
      candidateName
      expiresAt
      opportunity { title }
    }
    userErrors { code field message }
  }
}`,
    variables: (found) => ({
      input: {
        opportunityId: first(found?.opportunities, 'opportunity'),
        name: 'Grace Mbeki',
        // another each time the tab opens: who waits for one candidate's answer does not ask again
        email: `grace.mbeki.${Date.now().toString(36)}@example.com`,
        recommendation: 'We shipped two products together; the team would gain at once.',
      },
    }),
  },
  {
    title: 'Push workers from an HR system, keyed by source and external id. Run it twice: the second answer is UNCHANGED.',
    role: 'HR',
    query: `mutation SyncWorkers($input: WorkersSyncInput!) {
  workersSync(input: $input) {
    results {
      externalId
      status
      personId
      errors { field reason }
      remarks
    }
    userErrors { code field message }
  }
}`,
    variables: () => ({
      input: {
        source: 'playground',
        workers: [
          {
            externalId: 'P-0001',
            familyName: '佐藤',
            givenName: '美咲',
            familyNameKana: 'サトウ',
            givenNameKana: 'ミサキ',
            personalEmail: 'misaki.sato@example.com',
            department: '営業部',
            position: 'マネージャー',
            startedOn: '2016-04-01',
            lastWorkingDay: '2025-03-31',
          },
          {
            externalId: 'P-0002',
            familyName: 'Okafor',
            givenName: 'Ada',
            personalEmail: 'ada.okafor@example.com',
            department: 'Engineering',
            position: 'Staff Engineer',
            startedOn: '2019-09-02',
          },
        ],
      },
    }),
  },
  {
    title: 'What happens in my company, as it happens. Leave it running, and answer an invitation or sync a worker elsewhere.',
    role: 'HR',
    query: `subscription LiveChanges {
  changes {
    cursor
    at
    kind
    subjectKind
    subjectId
    fields
    person { displayName }
  }
}`,
    variables: () => ({}),
  },
];
