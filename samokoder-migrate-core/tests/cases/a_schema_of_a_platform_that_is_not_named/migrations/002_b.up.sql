CREATE TABLE profiles (id uuid REFERENCES auth.users (id));
