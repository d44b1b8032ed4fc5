// Checks a log with Go's own verifier (golang.org/x/mod/sumdb): signature, every tile and entry, inclusion, consistency.
// Usage: main <folder> <vkey> <old size>; says "ok <size>" and ends with 0, or why not and ends with 1.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type folder struct{ root string }

func (f folder) Height() int { return 8 }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func path(t tlog.Tile) string {
	n := fmt.Sprintf("%03d", t.N%1000)
	for rest := t.N / 1000; rest > 0; rest /= 1000 {
		n = fmt.Sprintf("x%03d/%s", rest%1000, n)
	}
	level := strconv.Itoa(t.L)
	if t.L == -1 {
		level = "entries"
	}
	if t.W != 256 {
		n += ".p/" + strconv.Itoa(t.W)
	}
	return "tile/" + level + "/" + n
}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		read, err := os.ReadFile(filepath.Join(f.root, path(t)))
		if err != nil {
			return nil, err
		}
		data[i] = read
	}
	return data, nil
}

func (f folder) entries(size int64) ([][]byte, error) {
	var all [][]byte
	for start := int64(0); start < size; start += 256 {
		width := size - start
		if width > 256 {
			width = 256
		}
		data, err := os.ReadFile(filepath.Join(f.root, path(tlog.Tile{H: 8, L: -1, N: start / 256, W: int(width)})))
		if err != nil {
			return nil, err
		}
		for len(data) > 0 {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("bundle %d is cut short", start/256)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			all = append(all, data[2:end])
			data = data[end:]
		}
	}
	if int64(len(all)) != size {
		return nil, fmt.Errorf("%d entries instead of %d", len(all), size)
	}
	return all, nil
}

func check(root, vkey string, old int64) (int64, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return 0, err
	}
	data, err := os.ReadFile(filepath.Join(root, "checkpoint"))
	if err != nil {
		return 0, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return 0, err
	}
	var origin, hash string
	var size int64
	if _, err := fmt.Sscanf(opened.Text, "%s\n%d\n%s\n", &origin, &size, &hash); err != nil {
		return 0, err
	}
	if origin != verifier.Name() {
		return 0, fmt.Errorf("the origin is %s", origin)
	}
	top, err := tlog.ParseHash(hash)
	if err != nil {
		return 0, err
	}
	if size == 0 {
		return 0, nil
	}
	return size, proofs(folder{root}, tlog.Tree{N: size, Hash: top}, old)
}

func proofs(f folder, tree tlog.Tree, old int64) error {
	reader := tlog.TileHashReader(tree, f) // checks every tile it reads against the root
	entries, err := f.entries(tree.N)
	if err != nil {
		return err
	}
	indexes := make([]int64, tree.N)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, int64(i))
	}
	leaves, err := reader.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if tlog.RecordHash(entry) != leaves[i] {
			return fmt.Errorf("entry %d is not that of its leaf", i)
		}
	}
	for _, i := range []int64{0, tree.N / 2, tree.N - 1} {
		proof, err := tlog.ProveRecord(tree.N, i, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, i, leaves[i]); err != nil {
			return err
		}
	}
	if old < 1 || old > tree.N {
		return nil
	}
	before, err := tlog.TreeHash(old, reader)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, old, reader)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old, before)
}

func main() {
	old, _ := strconv.ParseInt(os.Args[3], 10, 64)
	size, err := check(os.Args[1], os.Args[2], old)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ok", size)
}
