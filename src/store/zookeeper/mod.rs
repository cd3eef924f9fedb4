//! ZooKeeper 3.8.0.
