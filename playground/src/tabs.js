// The example tabs of the playground: what a developer can run on the demo data at the first click. `tests/browser` runs each.
//
// title      a comment above the query; GraphiQL labels the tab with the operation's name
// role       whose tab it is, in the words of `alumni-api token --as`; ANONYMOUS: shown without a token
// query      the document; one operation
// variables  the variables, given the answer of LOOK_UP (which is empty without a token: write `?.`)
// rows       where the answer has rows: a list that is not empty, or an object

/** Asked once when the tabs open: the viewer's roles, and things of the company that the variables can name. */
export const LOOK_UP = `query LookUp {
  viewer { roles }
  engagementEvents(first: 1, filter: { states: [PUBLISHED] }, orderBy: STARTS_AT_DESC) { nodes { id } }
  opportunities(first: 1, filter: { states: [OPEN] }) { nodes { id } }
}`;

/** A caller with several roles gets the tabs of the first of these. */
const ROLES = ['OPERATOR', 'ADMIN', 'HR', 'RECRUITER', 'SUPPORTER', 'ALUMNUS', 'EMPLOYEE'];

/** The tabs of a caller with these roles. */
export function tabsOf(roles = []) {
  const role = ROLES.find((each) => roles.includes(each)) ?? 'ANONYMOUS';
  return TABS.filter((tab) => tab.role === role);
}

const first = (connection, noun) => connection?.nodes?.[0]?.id ?? `paste the id of an ${noun} here`;

const COMING_EVENTS = `query ComingEvents {
  engagementEvents(first: 10, filter: { states: [PUBLISHED] }, orderBy: STARTS_AT) {
    totalCount
    nodes {
      id
      title
      kind
      startsAt
      venue
      capacity
      goingCount
      waitingCount
      myParticipation { state waitingPosition }
    }
  }
}`;

const OPEN_OPPORTUNITIES = `query OpenOpportunities {
  opportunities(first: 10, filter: { states: [OPEN] }) {
    totalCount
    nodes { id title kind location remote closesOn department { name } contact { displayName } }
  }
}`;

export const TABS = [
  {
    title: 'A page of the directory, with employments. Filter by a name, a kana reading, an employer or a skill.',
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
    rows: 'alumni.nodes',
    variables: () => ({ first: 20, after: null, filter: { intents: ['REHIRE', 'CONTRACT'] } }),
  },
  {
    title: 'My roles, my permissions, and my own profile.',
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
    rows: 'viewer.person',
    variables: () => ({}),
  },
  {
    title: 'My consents, and the notice of each. consentGrant gives one, consentWithdraw takes it back.',
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
    rows: 'viewer.consents',
    variables: () => ({ language: 'ja' }),
  },
  {
    title: 'My profile as other audiences see it. Change it with profileVisibilityUpdate. Pause with membershipPause, leave with membershipWithdraw.',
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
    rows: 'viewer.person.visibility',
    variables: () => ({}),
  },
  {
    title: 'Who read my data: HR, recruiters and systems, with the fields they read, newest first.',
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
    rows: 'viewer.accessLog.nodes',
    variables: () => ({}),
  },
  {
    title: 'Answer an event. If it is full, the answer is a place on the waiting list.',
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
    rows: 'participationRespond.participation',
    variables: (found) => ({
      input: { eventId: first(found?.engagementEvents, 'engagement event'), answer: 'GOING' },
    }),
  },
  {
    title: 'Push workers from an HR system, by source and external id. The second run returns UNCHANGED.',
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
    rows: 'workersSync.results',
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
    title: 'Changes of the company, live. Leave it running, and run SyncWorkers in another window.',
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
    rows: 'changes',
    variables: () => ({}),
  },
  {
    title: 'The referrals of the company, newest first, with the stages that referralAdvance accepts next.',
    role: 'HR',
    query: `query Referrals {
  referrals(first: 10, orderBy: NEWEST) {
    totalCount
    nodes {
      id
      stage
      allowedStages
      submittedAt
      candidateName
      candidate { displayName }
      referrer { displayName }
      opportunity { title }
    }
  }
}`,
    rows: 'referrals.nodes',
    variables: () => ({}),
  },
  {
    title: 'The coming events of the programme, with places, and my own answer.',
    role: 'ALUMNUS',
    query: COMING_EVENTS,
    rows: 'engagementEvents.nodes',
    variables: () => ({}),
  },
  {
    title: 'What the company offers alumni now: rehire, contracts, collaboration.',
    role: 'ALUMNUS',
    query: OPEN_OPPORTUNITIES,
    rows: 'opportunities.nodes',
    variables: () => ({}),
  },
  {
    title: 'The alumni who chose to be found by employees, with what they do now.',
    role: 'EMPLOYEE',
    query: `query FormerColleagues($filter: AlumnusFilter) {
  alumni(first: 10, filter: $filter, orderBy: NAME) {
    totalCount
    nodes { id displayName headline currentEmployer currentTitle skills { name } }
  }
}`,
    rows: 'alumni.nodes',
    variables: () => ({ filter: null }),
  },
  {
    title: 'The coming events of the programme, with places, and my own answer.',
    role: 'EMPLOYEE',
    query: COMING_EVENTS,
    rows: 'engagementEvents.nodes',
    variables: () => ({}),
  },
  {
    title: 'Ask a person outside the company for consent to be recommended. The token is for that person: candidateConsentRequest(token:) shows the question, candidateConsentGive and candidateConsentRefuse answer it, without a login.',
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
    rows: 'candidateInvite.candidateInvitation',
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
    title: 'Alumni who are open to a rehire or a contract, with skills and last employments.',
    role: 'RECRUITER',
    query: `query OpenToWork($filter: AlumnusFilter) {
  alumni(first: 10, filter: $filter, orderBy: NAME) {
    totalCount
    nodes {
      id
      displayName
      intents
      currentTitle
      skills { name level }
      employments { position lastWorkingDay department { name } }
    }
  }
}`,
    rows: 'alumni.nodes',
    variables: () => ({ filter: { intents: ['REHIRE', 'CONTRACT'] } }),
  },
  {
    title: 'The referrals of the company, with the stages that referralAdvance accepts next.',
    role: 'RECRUITER',
    query: `query ReferralPipeline($filter: ReferralFilter) {
  referrals(first: 10, filter: $filter, orderBy: NEWEST) {
    totalCount
    nodes { id stage allowedStages submittedAt candidateName candidate { displayName } referrer { displayName } opportunity { title } }
  }
}`,
    rows: 'referrals.nodes',
    variables: () => ({ filter: null }),
  },
  {
    title: 'The open opportunities, each with its referrals.',
    role: 'RECRUITER',
    query: `query OpportunitiesWithReferrals {
  opportunities(first: 10, filter: { states: [OPEN] }) {
    totalCount
    nodes { id title kind closesOn referrals(first: 5) { totalCount nodes { id stage } } }
  }
}`,
    rows: 'opportunities.nodes',
    variables: () => ({}),
  },
  {
    title: 'The coming events, each with the people who answered.',
    role: 'SUPPORTER',
    query: `query EventsWithAnswers {
  engagementEvents(first: 5, filter: { states: [PUBLISHED] }, orderBy: STARTS_AT) {
    totalCount
    nodes {
      id
      title
      startsAt
      capacity
      goingCount
      waitingCount
      participations(first: 10) { totalCount nodes { id state respondedAt person { id displayName } } }
    }
  }
}`,
    rows: 'engagementEvents.nodes',
    variables: () => ({}),
  },
  {
    title: 'Alumni who offer to be mentors, with what they know.',
    role: 'SUPPORTER',
    query: `query Community($filter: AlumnusFilter) {
  alumni(first: 10, filter: $filter, orderBy: NAME) {
    totalCount
    nodes { id displayName headline intents skills { name } }
  }
}`,
    rows: 'alumni.nodes',
    variables: () => ({ filter: { intents: ['MENTOR'] } }),
  },
  {
    title: 'The settings of the company, and which audience sees a profile field by default.',
    role: 'ADMIN',
    query: `query CompanySettings {
  viewer {
    permissions
    company {
      id
      name
      slug
      timeZone
      locale
      profileAudiences { field audience }
      departments(first: 20) { nodes { id name } }
    }
  }
}`,
    rows: 'viewer.company.departments.nodes',
    variables: () => ({}),
  },
  {
    title: 'The API keys of the company. apiKeyCreate makes one, apiKeyRevoke ends one.',
    role: 'ADMIN',
    query: `query ApiKeys {
  apiKeys(first: 10) {
    totalCount
    nodes { id name prefix scopes createdAt expiresAt revokedAt }
  }
}`,
    rows: 'apiKeys.nodes',
    variables: () => ({}),
  },
  {
    title: 'Who read the data of whom, newest first.',
    role: 'ADMIN',
    query: `query AccessLog {
  accessLog(first: 10) {
    totalCount
    nodes { at readerName readerKind readerRole operationName fields person { id displayName } }
  }
}`,
    rows: 'accessLog.nodes',
    variables: () => ({}),
  },
  {
    title: 'The proof that no change was altered. auditTrail lists the changes: run SyncWorkers as HR, then ask for it.',
    role: 'ADMIN',
    query: `query AuditProof {
  auditVerify { intact finished seals head sealedAt }
  auditTrail(first: 10) { nodes { at kind subjectKind subjectId } }
}`,
    rows: 'auditVerify',
    variables: () => ({}),
  },
  {
    title: 'The companies of this service.',
    role: 'OPERATOR',
    query: `query Companies {
  companies(first: 10) {
    totalCount
    nodes { id slug name timeZone locale alumni(first: 1) { totalCount } employees(first: 1) { totalCount } }
  }
}`,
    rows: 'companies.nodes',
    variables: () => ({}),
  },
  {
    title: 'The events of all companies, newest first. An operator reads, and writes nothing in a company.',
    role: 'OPERATOR',
    query: `query EventsOfAllCompanies {
  engagementEvents(first: 10, orderBy: NEWEST) {
    totalCount
    nodes { id title state startsAt goingCount company { slug } }
  }
}`,
    rows: 'engagementEvents.nodes',
    variables: () => ({}),
  },
  {
    title: 'What works without a token: the limits of the service. For more, paste a token into Headers; the start of the server and \'alumni-api token --as HR\' print one.',
    role: 'ANONYMOUS',
    query: `query WhereToBegin {
  viewer { kind permissions }
  serviceLimits { depth complexity rootFields queryTimeoutMs }
}`,
    rows: 'serviceLimits',
    variables: () => ({}),
  },
];
