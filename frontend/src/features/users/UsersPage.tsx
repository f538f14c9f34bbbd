import { Button, Group, Select } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { FilterX, UserPlus } from 'lucide-react'
import { useState } from 'react'
import type { InvitedOut, ListUsersData, UserOut } from '@/api/generated'
import { listUsersOptions } from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/ListSkeleton'
import { Page } from '@/components/Page'
import { PageHeader } from '@/components/PageHeader'
import { Paging } from '@/components/Paging'
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
      {users.isPending && <ListSkeleton />}
      {users.isError && !users.data && <ErrorState error={users.error} onRetry={() => void users.refetch()} />}
      {users.data?.items.length === 0 && (
        <EmptyState icon={FilterX} title={strings.list.nothing} color="gray">
          {strings.list.nothingHint}
        </EmptyState>
      )}
      {users.data && users.data.items.length > 0 && (
        <UserTable users={users.data.items} onEdit={setEdited} onInvited={setInvited} />
      )}
      {users.data && (
        <Paging
          total={users.data.total}
          limit={LIMIT}
          offset={filters.offset}
          onOffset={offset => filters.set('offset', String(offset || ''))}
        />
      )}
      {edited && (
        <UserForm user={edited === 'new' ? null : edited} onInvited={setInvited} onClose={() => setEdited(null)} />
      )}
      {invited && <Invitation user={invited} onClose={() => setInvited(null)} />}
    </Page>
  )
}
