import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type ConnectionOut, createConnection, updateConnection } from '@/api/generated'
import { listConnectionsQueryKey, tryUnsavedConnectionMutation } from '@/api/generated/@tanstack/react-query.gen'
import { ApiError, messageOf } from '@/api/problem'
import { TestResult } from '@/components/TestResult'
import { toast } from '@/components/toast'
import { strings } from '@/strings'
import { entriesOf, fieldsOf, isJsonObject, type Typed, typedOf } from '../api/form'
import type { ConnectionTypes } from '../api/useConnectionTypes'
import { ConnectionField } from './ConnectionField'

const text = strings.connections

type Props = { connection: ConnectionOut | null; types: ConnectionTypes; onClose: () => void }

/** Make a connection or change one, by the form of its type. */
export function ConnectionForm({ connection, types, onClose }: Props) {
  const queryClient = useQueryClient()
  const [typeName, setTypeName] = useState(connection?.type ?? [...types.keys()][0] ?? '')
  const type = types.get(typeName)
  const [id, setId] = useState(connection?.connection_id ?? '')
  const [description, setDescription] = useState(connection?.description ?? '')
  const [typed, setTyped] = useState<Typed>(() => typedOf(type, connection))
  const body = () => ({ type: typeName, description, fields: fieldsOf(type, typed) })
  const save = useMutation({
    mutationFn: async () => {
      if (connection) await updateConnection({ path: { connection_id: id }, body: body() })
      else await createConnection({ body: { connection_id: id.trim(), ...body() } })
    },
    meta: { quiet: true },
    onSuccess: () => {
      toast.success(text.saved(id.trim()))
      onClose()
      return queryClient.invalidateQueries({ queryKey: listConnectionsQueryKey() })
    },
  })
  const test = useMutation({ ...tryUnsavedConnectionMutation(), meta: { quiet: true } })
  const error = save.error ?? test.error
  const errors = errorsOf(error)
  const isWhole = entriesOf(type).every(
    ([name, { type }]) => type !== 'object' || !typed[name] || isJsonObject(String(typed[name])),
  )

  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate()
  }

  return (
    <Modal opened onClose={onClose} title={connection ? text.edit(id) : text.new} size="lg">
      <form onSubmit={submit}>
        <Stack>
          {error && errors.size === 0 && (
            <Alert color="red" role="alert">
              {messageOf(error)}
            </Alert>
          )}
          {!connection && (
            <>
              <Select
                label={text.type}
                data={[...types.values()].map(({ name, title }) => ({ value: name, label: title }))}
                value={typeName}
                onChange={chosen => {
                  setTypeName(chosen ?? '')
                  setTyped(typedOf(types.get(chosen ?? ''), null))
                  test.reset()
                }}
                allowDeselect={false}
                searchable
              />
              <TextInput
                label={text.id}
                description={text.idHint}
                required
                maxLength={200}
                data-autofocus
                error={errors.get('connection_id')}
                value={id}
                onChange={event => setId(event.currentTarget.value)}
              />
            </>
          )}
          <TextInput
            label={text.about}
            maxLength={2000}
            value={description}
            onChange={event => setDescription(event.currentTarget.value)}
          />
          {type && (
            <Text size="sm" c="dimmed">
              {type.description}
            </Text>
          )}
          {entriesOf(type).map(([name, entry]) => (
            <ConnectionField
              key={`${typeName} ${name}`}
              name={name}
              entry={entry}
              value={typed[name]}
              isSet={connection?.secrets.includes(name) ?? false}
              error={errors.get(name)}
              onChange={value => setTyped({ ...typed, [name]: value })}
            />
          ))}
          {!connection && <TestResult isPending={test.isPending} result={test.data} />}
          <Group justify="flex-end">
            {!connection && (
              <Button
                variant="default"
                mr="auto"
                disabled={!isWhole || test.isPending}
                onClick={() => test.mutate({ body: body() })}
              >
                {text.test}
              </Button>
            )}
            <Button variant="default" onClick={onClose}>
              {strings.actions.cancel}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!isWhole}>
              {strings.actions.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** What the service says about single entries, by their names. */
function errorsOf(error: unknown): Map<string, string> {
  const found = error instanceof ApiError ? (error.details.errors ?? []) : []
  return new Map(found.map(({ pointer, message }) => [pointer.split('/').at(-1) ?? '', message]))
}
