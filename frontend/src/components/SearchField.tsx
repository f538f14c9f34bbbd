import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Search } from 'lucide-react'
import { useState } from 'react'

type Props = { value: string; label: string; onSearch: (text: string) => void; width?: number; size?: 'xs' | 'sm' }

/** Text to search for, told once the person pauses. */
export function SearchField({ value, label, onSearch, width = 280, size = 'sm' }: Props) {
  const [text, setText] = useState(value)
  const tell = useDebouncedCallback(onSearch, 250)
  return (
    <TextInput
      w={width}
      size={size}
      maw="100%"
      value={text}
      placeholder={label}
      aria-label={label}
      type="search"
      leftSection={<Search size={16} aria-hidden />}
      onChange={event => {
        setText(event.currentTarget.value)
        tell(event.currentTarget.value)
      }}
    />
  )
}
