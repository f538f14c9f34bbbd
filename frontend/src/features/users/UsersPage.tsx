import { Button, Group, Select } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import type { InvitedOut, ListUsersData, UserOut } from '@/api/generated'
import { listUsersOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Page } from '@/components/Page'
import { PagedList } from '@/components/PagedList'
import { PageHeader } from '@/components/PageHeader'
import { SearchField } from '@/components/SearchField'
import { useFilters } from '@/components/useFilters'
import { strings } from '@/strings'
import { Invitation } from './components/Invitation'
import { UserForm } from './components/UserForm'
import { UserTable } from './components/UserTable'

const text = strings.people.users
const LIMIT = 25

type Role = NonNullable<NonNullable<ListUsersData['query']>['role']>

export function Component() {
  const filters = useFilters()
  const [search, role] = [filters.get('search'), filters.get('role')]
  const [edited, setEdited] = useState<UserOut | 'new' | null>(null)
  const [invited, setInvited] = useState<InvitedOut | null>(null)
  const users = useQuery({
    ...listUsersOptions({
      query: { limit: LIMIT, offset: filters.offset, ...(search && { search }), ...(role && { role: role as Role }) },
    }),
    placeholderData: keepPreviousData,
  })
  return (
    <Page title={strings.pages.users}>
      <PageHeader title={strings.pages.users} description={text.description}>
        <Button leftSection={<UserPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
          {text.add}
        </Button>
      </PageHeader>
      <Group mb="md" gap="sm">
        <SearchField value={search} label={text.search} onSearch={value => filters.set('search', value)} />
        <Select
          aria-label={strings.people.role}
          placeholder={text.anyRole}
          data={Object.entries(strings.people.roles).map(([value, label]) => ({ value, label }))}
          value={role || null}
          onChange={value => filters.set('role', value)}
          clearable
          w={150}
        />
      </Group>
      {/* Whoever looks is in the list: it is never empty by itself. */}
      <PagedList query={users} limit={LIMIT} isFiltered empty={null}>
        {items => <UserTable users={items} onEdit={setEdited} onInvited={setInvited} />}
      </PagedList>
      {edited && (
        <UserForm user={edited === 'new' ? null : edited} onInvited={setInvited} onClose={() => setEdited(null)} />
      )}
      {invited && <Invitation user={invited} onClose={() => setInvited(null)} />}
    </Page>
  )
}
